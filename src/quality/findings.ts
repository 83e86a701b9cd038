// The rules of quality by name, and the findings of one resource while it is being looked at. Used by the checks, by reports and by the docs.
import type { StoredFinding } from '#store/quality.ts';
import type { Text } from '#model/model.ts';
import type { QualityPart } from './quality.ts';

type RuleRow = Text & { readonly part: QualityPart };

export const qualityRules = {
  'missing-target': {
    part: 'links',
    nb: 'Lenken fører til noe som ikke er levert.',
    en: 'The link leads to something that has not been delivered.',
  },
  'unknown-form': {
    part: 'links',
    nb: 'Lenken kunne ikke leses: ingen identifikator av målklassen står i adressen.',
    en: 'The link could not be read: no identifier of the target class stands in the address.',
  },
  'missing-mandatory': {
    part: 'links',
    nb: 'Modellen krever relasjonen, og ingen lenke vises.',
    en: 'The model requires the relation, and no link shows.',
  },
  'missing-inverse': {
    part: 'links',
    nb: 'Målet finnes, men viser ikke lenken tilbake som modellen har.',
    en: 'The target exists, but does not show the link back that the model has.',
  },
  'too-many': {
    part: 'links',
    nb: 'Modellen har høyst én, og lenkene fører til flere.',
    en: 'The model has at most one, and the links lead to several.',
  },
  'own-target': {
    part: 'links',
    nb: 'Lenken fører til ressursen selv.',
    en: 'The link leads to the resource itself.',
  },
  'missing-attribute': {
    part: 'rules',
    nb: 'Modellen krever attributtet, og det har ingen verdi.',
    en: 'The model requires the attribute, and it has no value.',
  },
  'national-id': {
    part: 'rules',
    nb: 'Fødselsnummeret er ikke gyldig, verken etter dagens regel eller etter den som gjelder fra 2032.',
    en: 'The national id is not valid, neither by the rule of today nor by the one from 2032.',
  },
  'birth-date': {
    part: 'rules',
    nb: 'Fødselsdatoen er en annen enn den fødselsnummeret sier.',
    en: 'The birth date is another one than the national id says.',
  },
  'organisation-number': {
    part: 'rules',
    nb: 'Organisasjonsnummeret er ikke gyldig.',
    en: 'The organisation number is not valid.',
  },
  'date-order': {
    part: 'rules',
    nb: 'Slutten kommer før begynnelsen.',
    en: 'The end comes before the beginning.',
  },
  email: {
    part: 'rules',
    nb: 'E-postadressen er ikke skrevet som en.',
    en: 'The e-mail address does not have the form of one.',
  },
  'text-form': {
    part: 'rules',
    nb: 'Verdien har ikke den formen som slike verdier har.',
    en: 'The value does not have the form that such values have.',
  },
  'number-range': {
    part: 'rules',
    nb: 'Tallet ligger utenfor det som er mulig.',
    en: 'The number lies outside of what is possible.',
  },
  'damaged-text': {
    part: 'rules',
    nb: 'Teksten har tegn som er blitt ødelagt på veien.',
    en: 'The text has characters that were damaged on the way.',
  },
} as const satisfies Readonly<Record<string, RuleRow>>;

export type QualityRule = keyof typeof qualityRules;

/** The row of a rule by its name; null for a name that nothing knows (a file of a newer program). */
export const ruleNamed = (name: string): RuleRow | null => (isRule(name) ? qualityRules[name] : null);

const isRule = (name: string): name is QualityRule => Object.hasOwn(qualityRules, name);

/** Counts what is found of one resource, by rule, place and detail. */
export type Found = {
  readonly add: (rule: QualityRule, place: string, detail?: string, count?: number) => void;
  readonly list: () => readonly StoredFinding[];
};

const nothing: readonly StoredFinding[] = [];

/** Begins with nothing found. */
export const createFound = (): Found => {
  let found: Map<string, StoredFinding> | null = null;
  return {
    add: (rule, place, detail = '', count = 1) => {
      found ??= new Map();
      const key = `${rule} ${place} ${detail}`;
      found.set(key, { rule, place, detail, count: (found.get(key)?.count ?? 0) + count });
    },
    list: () => (found === null ? nothing : [...found.values()]),
  };
};
