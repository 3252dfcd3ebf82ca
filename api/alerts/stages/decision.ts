/** What a stage decided, and the reason by name, for whoever asks later. */
export type Decision<T> = T & { readonly reason: string };
