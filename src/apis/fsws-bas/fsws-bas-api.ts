// FSWS-BAS as two entries of the catalogue: over REST, and over SOAP, which retires and which an organisation has only when an administrator has switched it on.
// Called by app/faces.ts. What is public of the original is followed (facts 5, 5.1, 5.2); the rest is reconstructed, and marked so.
import { openGet, type Api, type CatalogueEntry, type Route } from '#apis/api.ts';
import type { Model, Text } from '#model/model.ts';
import { serviceParts } from '#services/service-parts.ts';
import type { Service, ServiceDeps } from '#services/service.ts';
import { basTables, readOperations, type BasDeps } from './operations.ts';
import { writeOperations } from './writes.ts';

export type FswsBasDeps = BasDeps & Pick<ServiceDeps, 'baseUrl' | 'endingOf'>;

export type FswsBasSoapDeps = FswsBasDeps & {
  /** Whether an administrator has switched this API on for an organisation. */
  readonly switchedOn: (organisation: string, api: string) => Promise<boolean>;
};

const version = '1.0.0';
const restId = 'fsws-bas';
export const soapId = 'fsws-bas-soap';

const reconstructed: Text = {
  nb: 'Rekonstruert: adressen hent/personid og hvem tjenesten er for, er kjent fra originalen; skjemaet er ikke offentlig, og navn og form for resten er vår tolkning.',
  en: 'Reconstructed: the address hent/personid and whom the service is for are known of the original; its schema is not public, and names and forms of the rest are our interpretation.',
};

const common = {
  name: 'bas',
  version,
  namespace: 'http://fsws.usit.no/schemas/bas',
  reconstructed,
} as const;

const restEntry: CatalogueEntry = {
  id: restId,
  name: { nb: 'FSWS-BAS (REST)', en: 'FSWS-BAS (REST)' },
  description: {
    nb: 'Personer og roller for brukeradministrasjon, og brukernavn og e-post tilbake, som XML eller JSON.',
    en: 'Persons and roles for user administration, and user names and e-mail back, as XML or JSON.',
  },
  status: 'not-further-developed',
  version,
};

const soapEntry: CatalogueEntry = {
  id: soapId,
  name: { nb: 'FSWS-BAS (SOAP)', en: 'FSWS-BAS (SOAP)' },
  description: {
    nb: 'Det samme som FSWS-BAS, for systemer som ennå bruker SOAP. Skal avvikles fra første dag.',
    en: 'The same as FSWS-BAS, for systems that still use SOAP. Is to retire from its first day on.',
  },
  status: 'retiring',
  version,
};

/** Whether a model has what the API tells of. */
export const bearsBas = (model: Model): boolean =>
  basTables.every(({ mapping }) => model.collections.has(mapping.collection));

/** The API over REST. Throws at start when a table does not fit the model. */
export const fswsBasApi = (deps: FswsBasDeps): Api => {
  const service: Service = {
    ...common,
    id: restId,
    title: restEntry.name,
    status: restEntry.status,
    describe: restEntry.description,
    prefix: '/fsrest/rest/bas',
    ports: [],
    operations: [...readOperations(deps), ...writeOperations(deps)],
  };
  const { routes, describe } = serviceParts(service, deps);
  return { entry: restEntry, routes: [...routes, versionRoute], describe };
};

/** The version of the services, open to all: what monitors of old ask for. */
const versionRoute: Route = {
  ...openGet,
  path: '/fsrest/Versjon',
  closedToNationalIds: true,
  handle: () => ({ kind: 'bytes', status: 200, bytes: `${version}\n`, type: 'text/plain; charset=utf-8' }),
};

/** The API over SOAP. Throws at start when a table does not fit the model. */
export const fswsBasSoapApi = (deps: FswsBasSoapDeps): Api => {
  const operations = [...readOperations(deps), ...writeOperations(deps)].filter(({ soap }) => soap === true);
  const service: Service = {
    ...common,
    id: soapId,
    title: soapEntry.name,
    status: soapEntry.status,
    describe: soapEntry.description,
    prefix: null,
    ports: [{ path: '/fsservices/bas', answers: 'nested' }],
    // Of the service over SOAP no description is public.
    operations: operations.map((one) => ({ ...one, reconstructed: true })),
  };
  const parts = serviceParts(service, {
    ...deps,
    offered: ({ tenant }) => deps.switchedOn(tenant, soapId),
  });
  return { entry: soapEntry, ...parts };
};
