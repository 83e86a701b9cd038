// The parameters by which services are asked for a term. Those that take fewer terms, or none, say so in their own words. Used by operations. Data alone.
import type { ServiceParameter } from './service.ts';

/** The year; needed. */
export const yearOfTerm: ServiceParameter = {
  name: 'arstall',
  type: 'string',
  pattern: '[0-9]{4}',
  required: true,
  describe: { nb: 'Året terminen ligger i.', en: 'The year of the term.' },
};

/** The code of whatever term. */
export const codeOfTerm: ServiceParameter = {
  name: 'terminkode',
  type: 'string',
  minLength: 3,
  maxLength: 8,
  describe: {
    nb: 'VÅR, HØST, SOM, VIT, VÅT eller HØT; VAR og HOST tas også.',
    en: 'VÅR, HØST, SOM, VIT, VÅT or HØT; VAR and HOST are taken too.',
  },
};
