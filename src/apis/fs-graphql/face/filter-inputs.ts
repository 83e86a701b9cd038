// The input types of filters: one for each collection, made of its members as data. Used by root-fields.ts.
import type { FaceInput, FaceType } from '#graphql/face.ts';
import type { ConnectionRoot } from '#model/graphql-roots.ts';
import type { Fact, FilterMember, TermPeriod } from '#model/graphql-filters.ts';
import type { Attribute, Text } from '#model/model.ts';
import { lastName } from './filter-choice.ts';
import { firm, marked } from './marks.ts';

export type FilterInputs = { readonly name: string; readonly types: readonly FaceType[] };

const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export const ownerText: Text = {
  nb: 'Nummeret til institusjonen som eier dataene, og som tilgangen gjelder for.',
  en: 'The number of the institution that owns the data, and that the access is for.',
};

/** The filter of a root field, `Query<Field>FilterInput`, with the types that its members need. */
export const filterInputs = (
  root: Pick<ConnectionRoot, 'name' | 'filter'>,
  ownerArgument: string,
  valueType: (attribute: Attribute) => string,
): FilterInputs => {
  const types: FaceType[] = [];
  const inputType = (name: string, before: readonly FaceInput[], members: readonly FilterMember[]): string => {
    const fields = [...before, ...members.map((member) => inputOf(name, member))];
    types.push({ kind: 'input', name: `${name}FilterInput`, describe: filterText, marks: firm, fields });
    return `${name}FilterInput`;
  };
  const inputOf = (within: string, member: FilterMember): FaceInput => {
    const { name, contract } = member;
    return {
      name,
      type: typeOf(`${within}${pascal(name)}`, member),
      ...(member.default === undefined ? {} : { default: member.default }),
      describe: described(member),
      marks: marked(contract),
    };
  };
  const typeOf = (name: string, { form }: FilterMember): string => {
    switch (form.kind) {
      case 'values': {
        const [place] = form.places;
        const type = place === undefined ? 'String' : valueType(place.attribute);
        return form.one ? type : `[${type}!]`;
      }
      case 'ids':
        return '[ID!]';
      case 'text':
        return 'String';
      case 'languages': {
        types.push(
          enumOf(
            `${name}Sprak`,
            form.places.map((place) => lastName(place).toUpperCase()),
          ),
          {
            kind: 'input',
            name: `${name}FilterInput`,
            describe: { nb: 'Tekst som det letes etter.', en: 'A text that is looked for.' },
            marks: firm,
            fields: [
              input('freetext', 'String!', {
                nb: 'Teksten, en del av den det letes i.',
                en: 'The text, a part of what is looked in.',
              }),
              input('sprak', `[${name}Sprak!]`, {
                nb: 'Språkene det letes i; alle når det ikke er sagt.',
                en: 'The languages that are looked in; all when nothing is said.',
              }),
            ],
          },
        );
        return `${name}FilterInput`;
      }
      case 'flags':
        return '[Boolean!]';
      case 'fact':
      case 'unless':
        return 'Boolean';
      case 'within': {
        types.push({
          kind: 'input',
          name: `${name}FilterInput`,
          describe: {
            nb: 'En periode; ender som ikke er sagt, er åpne.',
            en: 'A period; ends that are not said are open.',
          },
          marks: firm,
          fields: [form.period.from, form.period.to].map((place) =>
            input(lastName(place), 'Date', { nb: 'Regnes med.', en: 'Included.' }),
          ),
        });
        return `${name}FilterInput`;
      }
      case 'state':
        types.push(enumOf(name, form.words));
        return name;
      case 'unexpired':
        return 'ID';
      case 'members':
        return inputType(name, [], form.members);
    }
  };
  const owner = input(ownerArgument, 'String!', ownerText);
  return { name: inputType(`Query${pascal(root.name)}`, [owner], root.filter), types };
};

const input = (name: string, type: string, describe: Text): FaceInput => ({ name, type, describe, marks: firm });

const enumOf = (name: string, values: readonly string[]): FaceType => ({
  kind: 'enum',
  name,
  describe: { nb: 'Et valg i et filter.', en: 'A choice in a filter.' },
  marks: firm,
  values: values.map((value) => ({ name: value, describe: { nb: value, en: value }, marks: firm })),
});

const filterText: Text = {
  nb: 'Det som må være oppfylt: verdier i en liste betyr eller, felter betyr og. En tom liste gir ingenting.',
  en: 'What must hold: values of a list mean or, members and. An empty list gives nothing.',
};

/** Where it is looked for, as a path of the model. */
const whereOf = ({ steps }: FilterMember, ends: readonly string[]): string => {
  const before = wayOf(steps);
  return ends.map((end) => `\`${[before, end].filter((one) => one !== '').join('.')}\``).join(', ');
};

const described = (member: FilterMember): Text => {
  const { form } = member;
  switch (form.kind) {
    case 'values': {
      const at = whereOf(
        member,
        form.places.map(({ attribute }) => attribute.jsonName),
      );
      return form.one
        ? { nb: `De der ${at} er dette.`, en: `Those of which ${at} is this.` }
        : { nb: `De der ${at} er en av disse.`, en: `Those of which ${at} is one of these.` };
    }
    case 'ids':
      return member.steps.length === 0
        ? { nb: 'De som har en av disse id-ene.', en: 'Those that have one of these ids.' }
        : {
            nb: `De der \`${pathOf(member)}\` er en av disse.`,
            en: `Those of which \`${pathOf(member)}\` is one of these.`,
          };
    case 'text': {
      const at = whereOf(member, [...new Set(form.places.map(({ path }) => path.names[0] ?? ''))]);
      return form.operator === 'contains'
        ? {
            nb: `De der ${at} inneholder teksten. Store og små bokstaver er ulike.`,
            en: `Those of which ${at} holds the text. Upper and lower case differ.`,
          }
        : {
            nb: `De der ${at} begynner med teksten. Store og små bokstaver er ulike.`,
            en: `Those of which ${at} begins with the text. Upper and lower case differ.`,
          };
    }
    case 'languages': {
      const at = whereOf(member, [...new Set(form.places.map(({ path }) => path.names[0] ?? ''))]);
      return { nb: `De der ${at} inneholder teksten.`, en: `Those of which ${at} holds the text.` };
    }
    case 'flags': {
      const at = whereOf(member, [form.place.attribute.jsonName]);
      const usual = Array.isArray(member.default) ? member.default.join(', ') : null;
      return {
        nb: `De der ${at} er en av disse; uten verdi regnes som false.${usual === null ? '' : ` NB: bare ${usual} når det ikke er sagt.`}`,
        en: `Those of which ${at} is one of these; without a value counts as false.${usual === null ? '' : ` Note: only ${usual} when nothing is said.`}`,
      };
    }
    case 'fact': {
      const at = factText(member, form.fact);
      return { nb: `Om ${at.nb}.`, en: `Whether ${at.en}.` };
    }
    case 'unless': {
      const at = factText(member, form.fact);
      return { nb: `Ta også med dem der ${at.nb}.`, en: `Include those of which ${at.en} as well.` };
    }
    case 'within': {
      const at = whereOf(member, [form.period.from.path.names[0] ?? '']);
      return { nb: `De der ${at} overlapper perioden.`, en: `Those of which ${at} overlaps the period.` };
    }
    case 'state': {
      const at = periodsText(form.periods);
      const [yes, no] = form.words;
      return {
        nb: `${yes}: de der ${at} pågår i dag; ${no}: de andre. En periode uten slutt pågår.`,
        en: `${yes}: those of which ${at} goes on today; ${no}: the others. A period without an end goes on.`,
      };
    }
    case 'unexpired': {
      const at = periodsText(form.periods);
      return {
        nb: `En termin: de der ${at} ikke er over før den. En periode uten slutt er ikke over.`,
        en: `A term: those of which ${at} has not ended before it. A period without an end has not.`,
      };
    }
    case 'members':
      return {
        nb: `De der \`${pathOf(member)}\` er noe slikt.`,
        en: `Those of which \`${pathOf(member)}\` is something like this.`,
      };
  }
};

const pathOf = ({ steps }: FilterMember): string => wayOf(steps);

/** `emne.fag`; what leads here from a collection is written `fs/studietilbud/emne.fag`. */
const wayOf = (steps: FilterMember['steps']): string =>
  steps
    .flatMap((step) => {
      if (step.kind === 'from') return [`${step.by}.${step.relation}`];
      return step.kind === 'through' ? step.relations : [];
    })
    .join('.');

const periodsText = (periods: readonly TermPeriod[]): string =>
  periods.map(({ to }) => `\`${to.slice(0, to.lastIndexOf('.'))}\``).join(' / ');

const factText = (member: FilterMember, fact: Fact): Text => {
  if (fact.kind === 'lacks') {
    const at = whereOf(member, [fact.place.path.names[0] ?? '']);
    return { nb: `${at} mangler`, en: `${at} is missing` };
  }
  if (fact.kind !== 'held') {
    const at = whereOf(member, [fact.period.from.path.names[0] ?? '']);
    return { nb: `${at} er nå`, en: `${at} is now` };
  }
  if (fact.all.length === 0)
    return { nb: `det er noe i \`${pathOf(member)}\``, en: `there is something in \`${pathOf(member)}\`` };
  const parts = fact.all.map(({ place, is }) => `${whereOf(member, [place.attribute.jsonName])} = ${is}`);
  return { nb: parts.join(' og '), en: parts.join(' and ') };
};
