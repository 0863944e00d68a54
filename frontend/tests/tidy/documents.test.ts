import { readFileSync } from 'node:fs';
import { buildSchema, type DocumentNode, type GraphQLNamedType, type GraphQLObjectType, isInterfaceType, isListType, isNonNullType, isObjectType, getNamedType, Kind, parse, type SelectionSetNode, TypeInfo, validate, visit, visitWithTypeInfo } from 'graphql';
import { describe, expect, it } from 'vitest';
import { sourcesUnder } from './sources';

/** The server's own limits on a document; its rule multiplies a list by its page, and a page by variable counts as 100. */
const MAX_COST = 5_000;
const MAX_DEPTH = 12;
const MAX_PAGE = 100;
const PLAIN_LIST = 10;

const schema = buildSchema(readFileSync(process.env.ANKUAN_SCHEMA ?? '../schema/schema.graphql', 'utf8'));
const documents: DocumentNode = parse(
  sourcesUnder('src', /\.graphql$/)
    .map((source) => source.text)
    .join('\n'),
);
const fragments = new Map(documents.definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])));

type Weight = { cost: number; depth: number };

function fieldsOf(type: GraphQLNamedType | undefined): ReturnType<GraphQLObjectType['getFields']> {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields() : {};
}

function weigh(selection: SelectionSetNode | undefined, parent: GraphQLNamedType | undefined): Weight {
  const parts = (selection?.selections ?? []).map((node): Weight => {
    if (node.kind === Kind.FRAGMENT_SPREAD) {
      const fragment = fragments.get(node.name.value);
      return weigh(fragment?.selectionSet, schema.getType(fragment?.typeCondition.name.value ?? ''));
    }
    if (node.kind === Kind.INLINE_FRAGMENT) {
      return weigh(node.selectionSet, node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent);
    }
    const field = fieldsOf(parent)[node.name.value];
    const inner = weigh(node.selectionSet, field && getNamedType(field.type));
    const first = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
    const plain = field && (isNonNullType(field.type) ? field.type.ofType : field.type);
    let times = 1;
    if (node.selectionSet && field?.args.some((argument) => argument.name === 'first')) {
      times = first?.kind === Kind.INT ? Math.min(Number(first.value), MAX_PAGE) : MAX_PAGE;
    } else if (node.selectionSet && node.name.value !== 'edges' && isListType(plain)) {
      times = PLAIN_LIST;
    }
    return { cost: (inner.cost + (node.selectionSet ? 1 : 0)) * times, depth: inner.depth + 1 };
  });
  return { cost: parts.reduce((sum, part) => sum + part.cost, 0), depth: Math.max(0, ...parts.map((part) => part.depth)) };
}

describe('documents', () => {
  it('fit the schema', () => {
    expect(validate(schema, documents).map((error) => error.message)).toEqual([]);
  });

  it('stay within the limits that the server sets to any document', () => {
    const weights = documents.definitions.flatMap((one) => {
      if (one.kind !== Kind.OPERATION_DEFINITION) return [];
      return [{ name: one.name?.value, ...weigh(one.selectionSet, schema.getRootType(one.operation) ?? undefined) }];
    });
    expect(weights.length).toBeGreaterThan(20);
    expect(weights.filter((one) => one.cost > MAX_COST || one.depth > MAX_DEPTH)).toEqual([]);
  });

  it('select the id wherever there is one', () => {
    const types = new TypeInfo(schema);
    const without: string[] = [];
    visit(
      documents,
      visitWithTypeInfo(types, {
        SelectionSet(node) {
          const type = types.getParentType();
          const nested = node.selections.some((one) => one.kind !== Kind.FIELD);
          if (!fieldsOf(type ?? undefined).id || nested) return;
          if (!node.selections.some((one) => one.kind === Kind.FIELD && one.name.value === 'id')) without.push(type?.name ?? '');
        },
      }),
    );
    expect(without).toEqual([]);
  });
});
