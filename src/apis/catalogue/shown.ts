// The catalogue as this hub shows it: APIs that it offers or that are planned, documents for each component, contacts of those who run it, what changes. Made for each
// answer by catalogue-api.ts; everything that is written (pages, JSON, DCAT, links) is written from it. Pure.
import { civilDay } from '#base/clock.ts';
import { releaseAfter, releaseInForce, releaseOf, type CalendarRelease } from '#catalogue/calendar.ts';
import type { Catalogue, CatalogueApi, CatalogueDocument, Contact } from '#catalogue/catalogue.ts';
import type { Change, Release } from '#catalogue/contract.ts';

/** What an answer is made from. */
export type Telling = {
  readonly catalogue: Catalogue;
  /** The APIs that are mounted, by id. */
  readonly mounted: ReadonlySet<string>;
  /** The components of the model, `utdanning/elev`. */
  readonly components: readonly string[];
  /** Where one reaches those who run the hub, `mailto:` or `https:`; null = nobody has said. */
  readonly contact: string | null;
  /** All that was announced, by the moment of the announcement. */
  readonly changes: readonly Change[];
  /** Epoch ms. */
  readonly now: number;
  /** Address of the hub, without a trailing slash. */
  readonly hub: string;
};

export type ShownApi = Omit<CatalogueApi, 'documents'> & {
  /** It can be called here. */
  readonly offered: boolean;
  /** One for each component, where there is one for each. */
  readonly documents: readonly CatalogueDocument[];
  readonly changes: readonly Change[];
};

export type Shown = Omit<Catalogue, 'apis' | 'changes'> & {
  readonly hub: string;
  /** The main version in force; null before the first. */
  readonly current: Release | null;
  readonly next: CalendarRelease;
  readonly apis: readonly ShownApi[];
  readonly changes: readonly Change[];
};

/** What there is to tell; an API that the catalogue has and this hub does not offer is left out, unless it is planned or gone. */
export const shownBy = ({ catalogue, mounted, components, contact, changes, now, hub }: Telling): Shown => {
  const reached = <C extends Contact>(one: C): C =>
    one.email !== null || one.url !== null || contact === null
      ? one
      : contact.startsWith('mailto:')
        ? { ...one, email: contact.slice('mailto:'.length) }
        : { ...one, url: contact };
  const { apis, ...rest } = catalogue;
  const isShown = ({ id, status }: CatalogueApi): boolean =>
    mounted.has(id) || status === 'planned' || status === 'retired';
  const shown = [...apis.values()].filter(isShown);
  return {
    ...rest,
    hub,
    publisher: reached(catalogue.publisher),
    current: releaseInForce(catalogue.releases, now),
    next: releaseAfter(catalogue.releases, now),
    changes,
    apis: shown.map((api) => ({
      ...api,
      // What this hub does not have takes nobody's place here.
      successor: shown.some(({ id }) => id === api.successor?.api) ? api.successor : null,
      offered: mounted.has(api.id),
      owner: reached(api.owner),
      support: reached(api.support),
      feedback: api.feedback === null ? null : reached(api.feedback),
      contacts: api.contacts.map(reached),
      documents: api.documents.flatMap((document) => expanded(document, components)),
      changes: changes.filter(({ api: of }) => of === api.id),
    })),
  };
};

const placeholder = '{component}';

const expanded = (document: CatalogueDocument, components: readonly string[]): readonly CatalogueDocument[] =>
  document.path.includes(placeholder)
    ? components.map((one) => ({
        ...document,
        path: document.path.replace(placeholder, one),
        name: { nb: one, nn: one, en: one },
      }))
    : [document];

/** The day in Norway of a moment. */
export const dayOf = (at: number): string => civilDay(at).date;

/** The day on which a change may take effect: of its main version, or the one it names; null where that version has none. */
export const plannedDay = ({ planned }: Change, { releases }: Pick<Shown, 'releases'>): string | null => {
  if ('at' in planned) return dayOf(planned.at);
  const release = releaseOf(releases, planned.release);
  return release === null ? null : dayOf(release.at);
};

/** Changes that have been announced and are still to come. */
export const coming = (changes: readonly Change[]): readonly Change[] =>
  changes.filter(({ announcedAt, doneAt }) => announcedAt !== null && doneAt === null);
