// The names, addresses and the caller that the tests of this folder share with the county of test/hub/world.ts; opens no store.
import { hrefOf } from '#model/href.ts';
import type { Principal } from '#hub/principal.ts';
import { hubModel } from '../model/models.ts';

export const model = hubModel();
export const base = 'https://hub.test';

export const paths = {
  pupil: 'utdanning/elev/elev',
  enrolment: 'utdanning/elev/elevforhold',
  person: 'utdanning/elev/person',
  measure: 'utdanning/elev/elevtilrettelegging',
  group: 'utdanning/elev/klasse',
  membership: 'utdanning/elev/klassemedlemskap',
  school: 'utdanning/utdanningsprogram/skole',
  subject: 'utdanning/timeplan/fag',
  country: 'felles/kodeverk/iso/landkode',
} as const;

export const bySystemId = (path: string, value: string): string => hrefOf(base, path, 'systemid', value);

export const identified = (value: string) => ({ identifikatorverdi: value });

export const principal = (): Principal => ({
  kind: 'client',
  client: 'app',
  tenant: 'fjordheim.test',
  scopes: new Set(['fint-client']),
  issuer: base,
  token: 't1',
  expiresAt: 0,
});
