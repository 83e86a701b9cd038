// The catalogue as JSON: the whole, the list of APIs, one API, changes. Called by catalogue-api.ts; described by describe.ts. Pure.
import type { CatalogueDocument, Contact, Owner } from '#catalogue/catalogue.ts';
import type { Change } from '#catalogue/contract.ts';
import { dayOf, plannedDay, type Shown, type ShownApi } from './shown.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the catalogue is, its main versions, and its rules. */
export const catalogueJson = (shown: Shown): Json => ({
  name: shown.name,
  description: shown.description,
  publisher: ownerJson(shown.publisher),
  licence: shown.licence,
  version: shown.current?.version ?? null,
  releases: shown.releases.map(({ version, at }) => ({ version, day: dayOf(at) })),
  next: { version: shown.next.version, day: dayOf(shown.next.at), dated: shown.next.dated },
  policies: Object.fromEntries(shown.policies),
  statuses: Object.fromEntries(shown.promises),
  thresholds: shown.thresholds,
  links: {
    apis: `${shown.hub}/catalogue/apis`,
    changes: `${shown.hub}/catalogue/changes`,
    calendar: `${shown.hub}/catalogue/calendar.ics`,
    linkset: `${shown.hub}/.well-known/api-catalog`,
    turtle: `${shown.hub}/catalogue/dcat.ttl`,
    jsonLd: `${shown.hub}/catalogue/dcat.jsonld`,
  },
});

/** Every API, as short as it can be told. */
export const apisJson = (shown: Shown): Json => ({
  version: shown.current?.version ?? null,
  apis: shown.apis.map((api) => ({
    id: api.id,
    name: api.name,
    description: api.description,
    status: api.status,
    since: api.since,
    retires: api.retiringAt === null ? null : dayOf(api.retiringAt),
    offered: api.offered,
    href: `${shown.hub}/catalogue/apis/${api.id}`,
  })),
});

/** One API with all that it promises. */
export const apiJson = (api: ShownApi, shown: Shown): Json => ({
  id: api.id,
  name: api.name,
  description: api.description,
  style: api.style,
  address: api.offered && api.path !== null ? `${shown.hub}${api.path}` : null,
  offered: api.offered,
  status: api.status,
  since: api.since,
  retires: api.retiringAt === null ? null : dayOf(api.retiringAt),
  promise: shown.promises.get(api.status)?.promise ?? null,
  policy: api.policy,
  owner: ownerJson(api.owner),
  contacts: api.contacts.map(ownerJson),
  support: contactJson(api.support),
  feedback: api.feedback === null ? null : contactJson(api.feedback),
  versions: api.versions,
  documents: api.documents.map((one) => documentJson(one, shown)),
  contracts: api.offered ? `${shown.hub}/catalogue/apis/${api.id}/contracts.json` : null,
  dataClasses: api.dataClasses,
  accessRights: api.accessRights,
  access: api.access,
  goals: api.goals,
  knownFaults: api.knownFaults,
  pilots: api.pilots,
  successor: api.successor,
  reconstructed: api.reconstructed,
  changes: api.changes.map((one) => changeJson(one, shown)),
});

const contactJson = ({ name, email, url }: Contact): Json => ({ name, email, url });

const ownerJson = (owner: Contact & Partial<Owner>): Json => ({
  ...contactJson(owner),
  organisationNumber: owner.organisationNumber ?? null,
});

const documentJson = ({ kind, path, type, name, flags }: CatalogueDocument, { hub }: Shown): Json => ({
  kind,
  href: `${hub}${path}`,
  type,
  name,
  flags,
});

/** What was announced, the newest last. */
export const changesJson = (shown: Shown): Json => ({
  version: shown.current?.version ?? null,
  changes: shown.changes.map((one) => changeJson(one, shown)),
});

const changeJson = (change: Change, shown: Shown): Json => ({
  id: change.id,
  api: change.api,
  coordinates: change.coordinates,
  kind: change.kind,
  text: change.text,
  migration: change.migration,
  replacement: change.replacement,
  withoutReplacement: change.withoutReplacement,
  announced: change.announcedAt === null ? null : new Date(change.announcedAt).toISOString(),
  planned: {
    ...('release' in change.planned ? { release: change.planned.release } : {}),
    day: plannedDay(change, shown),
  },
  emergency: change.emergency,
  done: change.doneAt === null ? null : new Date(change.doneAt).toISOString(),
});
