import {
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { limits } from './limits.ts';

/** What a field costs beyond itself: it starts work or asks a model. */
const startingCost: Readonly<Record<string, number>> = {
  taskCreate: 20,
  taskRetry: 20,
  manualSearch: 20,
  manualAsk: 50,
  related: 20,
  workflowStart: 20,
};

interface Operation {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Points of a selection: one a field, a connection times what it is asked for. A fragment is counted once for each type. */
function costOf(
  set: SelectionSetNode,
  type: GraphQLNamedType | undefined,
  operation: Operation,
  known: Map<string, number>,
): number {
  let cost = 0;
  for (const selection of set.selections) {
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = operation.fragments[selection.name.value];
      const key = `${selection.name.value}:${type?.name ?? ''}`;
      if (fragment !== undefined && !known.has(key)) {
        known.set(key, 0);
        const on = operation.schema.getType(fragment.typeCondition.name.value) ?? type;
        known.set(key, costOf(fragment.selectionSet, on, operation, known));
      }
      cost += known.get(key) ?? 0;
      continue;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const on = selection.typeCondition ? operation.schema.getType(selection.typeCondition.name.value) : type;
      cost += costOf(selection.selectionSet, on ?? type, operation, known);
      continue;
    }
    const name = selection.name.value;
    if (name.startsWith('__')) continue;
    cost += 1 + (startingCost[name] ?? 0);
    if (selection.selectionSet === undefined) continue;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
    const below = costOf(
      selection.selectionSet,
      field === undefined ? undefined : getNamedType(field.type),
      operation,
      known,
    );
    const pages = field?.args.filter((argument) => argument.name === 'first' || argument.name === 'last') ?? [];
    let items = 1;
    for (const argument of pages) {
      const given = selection.arguments?.find((one) => one.name.value === argument.name)?.value;
      const value =
        given?.kind === Kind.INT
          ? Number(given.value)
          : given?.kind === Kind.VARIABLE
            ? (operation.variables[given.name.value] ?? argument.defaultValue)
            : argument.defaultValue;
      if (typeof value === 'number' && Number.isFinite(value)) items = Math.max(items, Math.min(100, value));
    }
    cost += items * below;
  }
  return cost;
}

const judged = new WeakMap<object, number>();

/** Refuses a too costly operation before its first field does anything. Asked at every root field, counted once a request. */
export function refuseCostly(info: GraphQLResolveInfo, onRejected: (limit: 'cost') => void): void {
  let cost = judged.get(info.variableValues);
  if (cost === undefined) {
    cost = costOf(
      info.operation.selectionSet,
      info.parentType,
      { schema: info.schema, fragments: info.fragments, variables: info.variableValues },
      new Map(),
    );
    judged.set(info.variableValues, cost);
    if (cost > limits.cost) onRejected('cost');
  }
  if (cost <= limits.cost) return;
  throw new GraphQLError(`The operation costs ${cost} points, at most ${limits.cost}.`, {
    extensions: { code: 'BAD_USER_INPUT', limit: 'cost', http: { status: 400 } },
  });
}
