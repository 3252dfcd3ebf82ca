import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** How large one operation may be, over HTTP and over the socket. */
export const limits = { depth: 10, aliases: 15, rootFields: 10, directives: 50, tokens: 1_000, cost: 5_000 } as const;

/** A refused operation says which limit it broke. */
export type LimitName = 'depth' | 'aliases' | 'root_fields' | 'directives' | 'cost';

const tooMuch = (limit: LimitName, words: string): GraphQLError =>
  new GraphQLError(words, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED', limit } });

type Fragments = (name: string) => FragmentDefinitionNode | null | undefined;

/** Introspection is as deep as types nest; everything else counts. */
const isIntrospection = (name: string): boolean => name.startsWith('__');

/** Depth of a selection. Each fragment is measured once, so that nesting them costs nothing; a cycle ends where it begins. */
function depthOf(set: SelectionSetNode, fragments: Fragments, known: Map<string, number>): number {
  let deepest = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) {
      if (isIntrospection(selection.name.value)) continue;
      const below = selection.selectionSet ? depthOf(selection.selectionSet, fragments, known) : 0;
      deepest = Math.max(deepest, 1 + below);
      continue;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      deepest = Math.max(deepest, depthOf(selection.selectionSet, fragments, known));
      continue;
    }
    const name = selection.name.value;
    let depth = known.get(name);
    if (depth === undefined) {
      known.set(name, 0);
      const fragment = fragments(name);
      depth = fragment ? depthOf(fragment.selectionSet, fragments, known) : 0;
      known.set(name, depth);
    }
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Fields at the root, with those that fragments bring. */
function rootFieldsOf(set: SelectionSetNode, fragments: Fragments, open: ReadonlySet<string>): number {
  let count = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FIELD) count += 1;
    else if (selection.kind === Kind.INLINE_FRAGMENT) count += rootFieldsOf(selection.selectionSet, fragments, open);
    else if (!open.has(selection.name.value)) {
      const fragment = fragments(selection.name.value);
      if (fragment) count += rootFieldsOf(fragment.selectionSet, fragments, new Set([...open, selection.name.value]));
    }
    if (count > limits.rootFields) return count;
  }
  return count;
}

/** The limits that can be read off a document. `onRejected` counts refusals by limit. */
export function limitRules(onRejected: (limit: LimitName) => void = () => undefined): readonly ValidationRule[] {
  const report = (context: ValidationContext, limit: LimitName, words: string): void => {
    onRejected(limit);
    context.reportError(tooMuch(limit, words));
  };
  const counted =
    (limit: LimitName, most: number, words: string, visitor: (add: () => void) => ASTVisitor): ValidationRule =>
    (context) => {
      let count = 0;
      const visited = visitor(() => {
        count += 1;
      });
      return {
        ...visited,
        Document: {
          leave() {
            if (count > most) report(context, limit, `${words}: ${count}, at most ${most}.`);
          },
        },
      };
    };
  const perOperation =
    (
      limit: LimitName,
      most: number,
      words: string,
      measure: (operation: OperationDefinitionNode, fragments: Fragments) => number,
    ): ValidationRule =>
    (context) => ({
      OperationDefinition(operation) {
        const size = measure(operation, (name) => context.getFragment(name));
        if (size > most) report(context, limit, `${words}, at most ${most}.`);
      },
    });
  return [
    perOperation('depth', limits.depth, 'The operation is too deep', (operation, fragments) =>
      depthOf(operation.selectionSet, fragments, new Map()),
    ),
    perOperation('root_fields', limits.rootFields, 'The operation has too many root fields', (operation, fragments) =>
      rootFieldsOf(operation.selectionSet, fragments, new Set()),
    ),
    counted('aliases', limits.aliases, 'Too many aliases', (add) => ({
      Field(node) {
        if (node.alias !== undefined) add();
      },
    })),
    counted('directives', limits.directives, 'Too many directives', (add) => ({ Directive: add })),
  ];
}
