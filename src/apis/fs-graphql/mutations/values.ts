// Values of resources made of a row, as the model keeps them. Used by reading.ts (what is looked for) and write-parts.ts. Pure.
import { formatInstant } from '#base/clock.ts';
import type { GraphNode } from '#hub/graph/graph.ts';
import type { ValueOf } from '#model/graphql-mutation.ts';
import type { Attribute, Model } from '#model/model.ts';
import { joinKey } from '#mappings/natural-key.ts';
import type { Row, Sight } from './sight.ts';

/** `undefined` = there is none; `null` = the client has sent null. `unseen`: it depends on what the caller does not see. */
export type Made = { readonly value: unknown; readonly unseen: boolean };

export type Making = {
  readonly sight: Sight;
  readonly row: Row;
  readonly item?: GraphNode;
  /** Epoch ms. */
  readonly now: number;
  readonly model: Model;
  /** Of what changes: an object takes the place of the one before as a whole. */
  readonly whole: boolean;
};

const none: Made = { value: undefined, unseen: false };

/** Makes a value; for an attribute in the form in which the model keeps it. */
export const makeValue = (value: ValueOf, making: Making, attribute: Attribute | null): Made => {
  const { sight, row, item, model, now } = making;
  switch (value.kind) {
    case 'constant':
      return kept(value.value, attribute, model);
    case 'match': {
      const { values, unseen } = sight.of(row, value.of, item);
      const [text] = values;
      const found = text === undefined ? undefined : value.cases.find(({ form }) => form.test(String(text)));
      return { ...kept(found?.value, attribute, model), unseen };
    }
    case 'now':
      return { value: formatInstant(now), unseen: false };
    case 'operand': {
      const { operand } = value;
      if (operand.kind === 'given') {
        const given = sight.given(row, operand.path);
        return given === null ? { value: null, unseen: false } : kept(given, attribute, model);
      }
      const { values, unseen } = sight.of(row, operand, item);
      return { ...kept(values[0], attribute, model), unseen };
    }
    case 'list': {
      const made = value.of.map((one) => makeValue(one, making, attribute));
      return {
        value: made.map((one) => one.value).filter((one) => one !== undefined && one !== null),
        unseen: made.some(({ unseen }) => unseen),
      };
    }
    case 'first': {
      let unseen = false;
      for (const one of value.of) {
        const made = makeValue(one, making, attribute);
        if (made.value !== undefined && made.value !== null) return { ...made, unseen: unseen || made.unseen };
        unseen ||= made.unseen;
      }
      return { value: undefined, unseen };
    }
    case 'key': {
      const made = value.parts.map((one) => ({ one, made: makeValue(one, making, null) }));
      if (made.some((each) => each.made.value === undefined || each.made.value === null))
        return { value: undefined, unseen: made.some((each) => each.made.unseen) };
      // What comes from a resource's own key is several parts already.
      const text = made.map((each) => (isKey(each.one) ? String(each.made.value) : joinKey([String(each.made.value)])));
      return { ...kept(text.join(','), attribute, model), unseen: made.some((each) => each.made.unseen) };
    }
    case 'object':
      return objectOf(value, making, attribute);
  }
};

/** A key of a resource, or one of several of which the first may be. */
const isKey = (value: ValueOf): boolean =>
  value.kind === 'first'
    ? value.of.some(isKey)
    : value.kind === 'operand' && value.operand.kind === 'nodes' && value.operand.attribute !== null;

const objectOf = (
  { members, links }: Extract<ValueOf, { kind: 'object' }>,
  making: Making,
  attribute: Attribute | null,
): Made => {
  const { model, sight, row, item } = making;
  const inner = attribute?.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
  const made: Record<string, unknown> = {};
  let [unseen, any, absent] = [false, false, false];
  for (const [name, one] of members) {
    const each = makeValue(one, making, inner?.attributeByName.get(name) ?? null);
    unseen ||= each.unseen;
    const isThere = each.value !== undefined && each.value !== null;
    any ||= isThere && one.kind !== 'constant';
    absent ||= each.value === null;
    if (isThere) made[name] = each.value;
    else if (making.whole) made[name] = null;
  }
  const addresses: Record<string, unknown> = {};
  for (const { relation, target, nodes } of links) {
    const seen = sight.of(row, nodes, item);
    unseen ||= seen.unseen;
    const hrefs = seen.nodes.map((node) => sight.address(node, target));
    if (hrefs.length === 0) continue;
    any = true;
    unseen ||= hrefs.includes(null);
    addresses[relation] = hrefs.map((value) => ({ href: `systemid/${value}` }));
  }
  if (!any) return absent && making.whole ? { value: null, unseen } : { ...none, unseen };
  return { value: Object.keys(addresses).length === 0 ? made : { ...made, _links: addresses }, unseen };
};

/** In the form of the attribute: identifiers hold their value as a member. */
const kept = (value: unknown, attribute: Attribute | null, model: Model): Made => {
  if (value === undefined || value === null || attribute === null) return { value, unseen: false };
  const { type } = attribute;
  const inner = type.kind === 'class' ? model.classes.get(type.class) : undefined;
  const isIdentifier = inner?.attributeByName.has(model.identifierValue) === true;
  return { value: isIdentifier ? { [model.identifierValue]: String(value) } : value, unseen: false };
};
