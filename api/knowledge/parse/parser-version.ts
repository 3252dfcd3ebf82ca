/** Raise it when files that did not change have to be read again: other parsers, other chunks. */
export const parserVersion = 1;
