// Draws documents that a schema may take: aliases, fragments, conditions, variables, connections, interfaces. What it draws may still be refused (fields
// that cannot be merged); then another is drawn.
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
} from 'graphql';

export type Random = (below: number) => number;
export type Drawn = { readonly text: string; readonly variables: Readonly<Record<string, unknown>> };

/** Numbers from a seed. */
export const randomOf = (seed: number): Random => {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

/** By name of an argument: literals that it may have. */
export type Literals = Readonly<Record<string, readonly string[]>>;

export const drawDocument = (schema: GraphQLSchema, random: Random, literals: Literals): Drawn => {
  const fragments: { readonly name: string; readonly on: string; readonly text: string }[] = [];
  const used = new Map<string, { readonly type: string; readonly value: unknown }>();
  let count = 0;
  const pick = <T>(of: readonly T[]): T | undefined => of[random(of.length)];
  const condition = (): string => {
    if (random(5) !== 0) return '';
    const name = pick(['skip', 'include']) ?? 'skip';
    if (random(3) === 0) return ` @${name}(if: ${random(2) === 0})`;
    const variable = pick(['a', 'b']) ?? 'a';
    const before = used.get(variable);
    used.set(variable, before ?? { type: 'Boolean!', value: random(2) === 0 });
    return ` @${name}(if: $${variable})`;
  };
  const argument = (arg: GraphQLArgument): string | null => {
    const required = String(arg.type).endsWith('!');
    const known = literals[arg.name] ?? [];
    if (known.length === 0 || (!required && random(2) === 0)) return null;
    const literal = pick(known) ?? 'null';
    if (random(3) !== 0) return `${arg.name}: ${literal}`;
    count += 1;
    // An argument that is left out has its default.
    const leftOut = !required && random(4) === 0;
    used.set(`v${count}`, { type: String(arg.type), value: leftOut ? undefined : (JSON.parse(literal) as unknown) });
    return `${arg.name}: $v${count}`;
  };
  const field = (one: GraphQLField, depth: number): string | null => {
    const type = getNamedType(one.type);
    if (isCompositeType(type) && depth <= 0) return null;
    const args = one.args.map(argument).filter((arg) => arg !== null);
    if (one.args.some((arg) => String(arg.type).endsWith('!') && !args.some((text) => text.startsWith(`${arg.name}:`))))
      return null;
    count += 1;
    const alias =
      args.length > 0 || random(4) === 0
        ? `${pick(['x', '__proto__', 'constructor', 'toString', 'y_']) ?? ''}${count}: `
        : '';
    const head = `${alias}${one.name}${args.length === 0 ? '' : `(${args.join(', ')})`}`;
    if (!isCompositeType(type)) return `${head}${condition()}`;
    // The same name twice is merged.
    const again = random(6) === 0 ? ` ${head} ${selection(type, depth - 1)}` : '';
    return `${head}${condition()} ${selection(type, depth - 1)}${again}`;
  };
  const related = (type: GraphQLCompositeType): readonly GraphQLCompositeType[] => [
    type,
    ...(isAbstractType(type) ? schema.getPossibleTypes(type) : []),
    ...(isObjectType(type) || isInterfaceType(type) ? type.getInterfaces() : []),
  ];
  const selection = (type: GraphQLCompositeType, depth: number): string => {
    const parts: string[] = random(4) === 0 ? ['__typename'] : [];
    const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
    for (let left = 1 + random(3); left > 0; left -= 1) {
      const chosen = pick(fields);
      const text = chosen === undefined ? null : field(chosen, depth);
      if (text !== null) parts.push(text);
    }
    for (let left = isAbstractType(type) ? 2 : random(5) === 0 ? 1 : 0; left > 0; left -= 1) {
      const on = pick(related(type));
      if (on === undefined) continue;
      if (random(2) === 0) {
        parts.push(
          `... ${random(4) === 0 && on === type ? '' : `on ${on.name}`}${condition()} ${selection(on, depth - 1)}`,
        );
        continue;
      }
      const before = random(3) === 0 ? fragments.find((one) => one.on === on.name) : undefined;
      const name = before?.name ?? `F${(count += 1)}`;
      if (before === undefined) {
        const text = selection(on, depth - 1);
        fragments.push({ name, on: on.name, text });
      }
      parts.push(`...${name}${condition()}`);
    }
    return `{ ${parts.length === 0 ? '__typename' : parts.join(' ')} }`;
  };
  const query = schema.getQueryType();
  const body = query === null || query === undefined ? '{ __typename }' : selection(query, 3 + random(3));
  const variables = [...used];
  const declared = variables.map(([name, { type }]) => `$${name}: ${type}`).join(', ');
  return {
    text: [
      `query Q${declared === '' ? '' : `(${declared})`} ${body}`,
      ...fragments.map(({ name, on, text }) => `fragment ${name} on ${on} ${text}`),
    ].join('\n'),
    variables: Object.fromEntries(variables.map(([name, { value }]) => [name, value])),
  };
};
