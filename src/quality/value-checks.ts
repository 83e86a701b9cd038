// The checks of what stands in the attributes of a resource: mandatory members, the rules of quality.yaml, damaged text; and the links that
// complex values hold. Compiled once per collection. Called by examine.ts; a value never leaves here.
import { bornOn, judgeNationalId } from '#base/national-id.ts';
import type { Collection, LinkRule, Model, ModelClass } from '#model/model.ts';
import type { QualityRules, ValueCheck } from '#model/quality-rules.ts';
import type { Found } from './findings.ts';
import { organisationNumberFault } from './organisation-number.ts';

/** A link that stands inside the attributes. `place` = attribute path and relation. */
export type NestedLinks = { readonly place: string; readonly rule: LinkRule; readonly hrefs: readonly string[] };

/** Takes the attributes of a resource as JSON text without the outer braces; adds what is wrong, gives the links inside. */
export type ValueChecker = (attributes: string, found: Found) => readonly NestedLinks[];

type Value = Readonly<Record<string, unknown>>;
type Part = {
  readonly name: string;
  readonly place: string;
  readonly mandatory: boolean;
  readonly mayBeEmpty: boolean;
  readonly plan: Plan | null;
};
type Plan = {
  readonly parts: readonly Part[];
  readonly checks: readonly Check[];
  readonly relations: readonly { readonly name: string; readonly place: string; readonly rule: LinkRule }[];
};
type Check = (value: Value, found: Found) => void;

const noLinks: readonly NestedLinks[] = [];

/** Compiles the checks of a collection. */
export const createValueChecker = (collection: Collection, model: Model, rules: QualityRules): ValueChecker => {
  const plan = planOf(collection, collection.class, [], { model, rules });
  return (attributes, found) => {
    const value = JSON.parse(`{${attributes}}`) as Value;
    const links: NestedLinks[] = [];
    walk(plan, value, found, links);
    if (damaged.test(attributes)) noteDamaged(value, '', found);
    return links.length === 0 ? noLinks : links;
  };
};

type Sources = { readonly model: Model; readonly rules: QualityRules };

const planOf = (collection: Collection, of: ModelClass, steps: readonly string[], sources: Sources): Plan => {
  const rules = lineage(of, sources.model).flatMap((each) => sources.rules.get(each.key) ?? []);
  return planBy(collection, of, steps, { ...sources, own: rules });
};

const planBy = (
  collection: Collection,
  of: ModelClass,
  steps: readonly string[],
  { own: rules, ...sources }: Sources & { readonly own: readonly ValueCheck[] },
): Plan => ({
  parts: of.attributes.map((attribute): Part => {
    const path = [...steps, attribute.jsonName];
    const target = attribute.type.kind === 'class' ? sources.model.classes.get(attribute.type.class) : undefined;
    return {
      name: attribute.jsonName,
      place: path.join('/'),
      mandatory: !attribute.optional,
      mayBeEmpty: rules.some((rule) => rule.check === 'may-be-empty' && rule.attribute === attribute.jsonName),
      plan: target === undefined ? null : slim(planOf(collection, target, path, sources)),
    };
  }),
  checks: rules.flatMap((rule) => compile(rule, steps, sources.model.identifierValue) ?? []),
  // The relations of the resource itself stand in its own `_links`.
  relations:
    steps.length === 0
      ? []
      : of.relations.flatMap(({ jsonName }) => {
          const rule = collection.nestedLinks.get([...steps, jsonName].join('.'));
          return rule === undefined ? [] : [{ name: jsonName, place: [...steps, jsonName].join('/'), rule }];
        }),
});

/** Null when there is nothing to look at, so that the value is not walked. */
const slim = (plan: Plan): Plan | null =>
  plan.checks.length === 0 &&
  plan.relations.length === 0 &&
  plan.parts.every((part) => !part.mandatory && part.plan === null)
    ? null
    : plan;

const lineage = (of: ModelClass, model: Model): readonly ModelClass[] => {
  const above = of.superclass === null ? undefined : model.classes.get(of.superclass);
  return above === undefined ? [of] : [of, ...lineage(above, model)];
};

const walk = (plan: Plan, value: Value, found: Found, links: NestedLinks[]): void => {
  for (const { name, place, mandatory, mayBeEmpty, plan: below } of plan.parts) {
    const member = value[name];
    if (isNothing(member)) {
      if (mandatory && !(mayBeEmpty && Array.isArray(member))) found.add('missing-attribute', place);
    } else if (below !== null) {
      for (const one of Array.isArray(member) ? member : [member]) if (isMap(one)) walk(below, one, found, links);
    }
  }
  for (const check of plan.checks) check(value, found);
  if (plan.relations.length === 0) return;
  const given = value['_links'];
  for (const { name, place, rule } of plan.relations) {
    const hrefs = hrefsOf(isMap(given) ? given[name] : undefined);
    if (hrefs.length > 0) links.push({ place, rule, hrefs });
    else if (rule.relation.min === 1) found.add('missing-mandatory', place);
  }
};

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

const isMap = (value: unknown): value is Value => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The addresses of a relation in `_links`. */
export const hrefsOf = (links: unknown): readonly string[] =>
  Array.isArray(links)
    ? links.flatMap((link: unknown) => (isMap(link) && typeof link['href'] === 'string' ? [link['href']] : []))
    : [];

/** Null for what is no check of its own. */
const compile = (rule: ValueCheck, steps: readonly string[], identifierValue: string): Check | null => {
  const plainAt = (value: Value, path: readonly string[]): unknown => {
    let at: unknown = value;
    for (const step of path) at = isMap(at) ? at[step] : undefined;
    return isMap(at) ? at[identifierValue] : at;
  };
  const textAt = (value: Value, path: readonly string[]): string | null => {
    const at = plainAt(value, path);
    return typeof at === 'string' && at !== '' ? at : null;
  };
  const placeOf = (path: string): string => [...steps, path].join('/');
  switch (rule.check) {
    case 'may-be-empty':
      return null;
    case 'national-id': {
      const [path, born] = [rule.attribute.split('/'), rule.born?.split('/') ?? null];
      const [place, bornPlace] = [placeOf(rule.attribute), placeOf(rule.born ?? '')];
      return (value, found) => {
        const text = textAt(value, path);
        if (text === null) return;
        const { fault } = judgeNationalId(text);
        if (fault !== '') found.add('national-id', place, fault);
        const date = born === null ? null : textAt(value, born);
        // A number that is wrong itself says nothing about the date.
        if (fault === '' && date !== null && !bornOn(text, Date.parse(date))) found.add('birth-date', bornPlace);
      };
    }
    case 'organisation-number': {
      const path = rule.attribute.split('/');
      return (value, found) => {
        const text = textAt(value, path);
        const fault = text === null ? '' : organisationNumberFault(text);
        if (fault !== '') found.add('organisation-number', placeOf(rule.attribute), fault);
      };
    }
    case 'email': {
      const path = rule.attribute.split('/');
      return (value, found) => {
        const text = textAt(value, path);
        if (text !== null && !address.test(text)) found.add('email', placeOf(rule.attribute));
      };
    }
    case 'date-order': {
      const [first, last] = [rule.first.split('/'), rule.last.split('/')];
      return (value, found) => {
        const [from, to] = [textAt(value, first), textAt(value, last)];
        if (from !== null && to !== null && Date.parse(to) < Date.parse(from))
          found.add('date-order', placeOf(rule.last));
      };
    }
    case 'text-form': {
      const [path, form] = [rule.attribute.split('/'), new RegExp(rule.form, 'u')];
      return (value, found) => {
        const text = textAt(value, path);
        if (text !== null && !form.test(text)) found.add('text-form', placeOf(rule.attribute));
      };
    }
    case 'number-range': {
      const [path, from, to] = [rule.attribute.split('/'), rule.from ?? -Infinity, rule.to ?? Infinity];
      return (value, found) => {
        const at = plainAt(value, path);
        if (at === undefined || at === null) return;
        const number = Number(at);
        if (!(number >= from && number <= to)) found.add('number-range', placeOf(rule.attribute));
      };
    }
  }
};

const address = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

// The replacement character; or a letter of UTF-8 read as Latin-1 or Windows-1252: Ã followed by what its second byte becomes.
const damaged =
  /\uFFFD|Ã[\u0080-\u00BF\u2018-\u201D\u2020-\u2022\u02C6\u02DC\u0160\u0161\u0178\u017D\u017E\u0192\u2026\u2030\u2039\u203A\u20AC\u2122]/;

const noteDamaged = (value: unknown, place: string, found: Found): void => {
  if (typeof value === 'string') {
    if (damaged.test(value)) found.add('damaged-text', place);
  } else if (Array.isArray(value)) for (const one of value) noteDamaged(one, place, found);
  else if (isMap(value))
    for (const [name, member] of Object.entries(value))
      if (name !== '_links') noteDamaged(member, place === '' ? name : `${place}/${name}`, found);
};
