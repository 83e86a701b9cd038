// The catalogue as one of its own APIs: pages, JSON, links, DCAT-AP-NO, a calendar. Open to all, for what APIs promise is no personal data. Called by app/compose.ts.
// Holds no data: what there is to tell is given to it.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { openGet, type Api, type ApiAnswer, type ApiRequest, type CatalogueEntry, type Route } from '#apis/api.ts';
import { checkedAgain, pageFile, pageFileAnswer, pagePolicy, type PageFile } from '#apis/page-files.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import { writeCatalogueCalendar } from '#catalogue/calendar-ics.ts';
import type { Change } from '#catalogue/contract.ts';
import type { News } from '#catalogue/news.ts';
import { policies } from '#catalogue/policies.ts';
import type { UseHealth } from '#catalogue/use-health.ts';
import { apiJson, apisJson, catalogueJson, changesJson } from './catalogue-json.ts';
import { apiPage, cataloguePage, type Place } from './catalogue-page.ts';
import { dcatGraph } from './dcat.ts';
import { describeCatalogue } from './describe.ts';
import {
  atomFeed,
  atomPath,
  atomType,
  jsonFeed,
  jsonFeedPath,
  jsonFeedType,
  promotionsPath,
  type FeedOf,
} from './feeds.ts';
import { jsonLdOf, turtleOf } from './graph.ts';
import { createGuides, guideNames } from './guides.ts';
import { healthRoute } from './health-route.ts';
import { linksetOf, linksetPath, linksetType } from './linkset.ts';
import { style, stylePath } from './page-frame.ts';
import { pageLanguages, type PageLanguage } from './page-texts.ts';
import { marksIn, restContracts, type PartMarks } from './rest-contracts.ts';
import { shownBy, type Shown } from './shown.ts';

export type CatalogueDeps = {
  readonly catalogue: Catalogue;
  /** Every API that is mounted beside this one. Throws at the start when one says of itself what the catalogue does not. */
  readonly apis: readonly Api[];
  /** The components of the model. */
  readonly components: readonly string[];
  /** All that was announced, and a number that is another whenever that is. */
  readonly announced: () => Promise<{ readonly version: number; readonly changes: readonly Change[] }>;
  /** What there is to tell everybody, with what was asked to be promised more firmly. */
  readonly news: () => Promise<News>;
  /** How an application stands with what will go. */
  readonly health: (application: string) => Promise<UseHealth>;
  /** Where those who run the hub are reached; null = nobody has said. */
  readonly contact: string | null;
  readonly clock: Pick<Clock, 'now'>;
  readonly baseUrl: () => string;
};

const entry: CatalogueEntry = {
  id: 'catalogue',
  name: { nb: 'API-katalogen', en: 'The API catalogue' },
  description: {
    nb: 'Hva som finnes av API-er, hva hvert lover, hovedversjoner og varslede endringer, for mennesker og maskiner.',
    en: 'What APIs there are, what each promises, main versions and announced changes, for people and machines.',
  },
  status: 'beta',
  version: '1.0.0',
};

const types = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  css: 'text/css; charset=utf-8',
  turtle: 'text/turtle; charset=utf-8',
  jsonLd: 'application/ld+json',
  calendar: 'text/calendar; charset=utf-8',
};

/** Says where the catalogue is found, on every answer of it. */
const found = `<${linksetPath}>; rel="api-catalog"`;

const route = (path: string, handle: Route['handle']): Route => ({ ...openGet, path, handle });

const json = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Builds the API. Throws with all that is wrong when the catalogue and the APIs do not say the same. */
export const catalogueApi = (deps: CatalogueDeps): Api => {
  const { catalogue, apis } = deps;
  const contradictions = contradicting(catalogue, [...apis.map((one) => one.entry), entry]);
  if (contradictions.length > 0) throw new Error(contradictions.join('\n'));
  const tell = createTelling(deps);
  const document = describeCatalogue(entry);
  const files = createFiles();

  /** One spelling of the catalogue at one address. */
  const written = (path: string, type: string, write: (shown: Shown) => string): Route =>
    route(path, async (request) => {
      const { key, shown } = await tell();
      return send(
        request,
        files(`${path} ${key}`, type, () => write(shown)),
      );
    });

  /** One spelling of what is new at one address. */
  const toldNow = (path: string, type: string, write: (of: FeedOf, news: News) => string): Route =>
    route(path, async (request) => {
      const news = await deps.news();
      const hub = deps.baseUrl();
      const { name, publisher } = catalogue;
      return send(
        request,
        files(`${path} ${news.version} ${hub}`, type, () => write({ hub, name, publisher: publisher.name }, news)),
      );
    });

  /** A page for whoever wants one, JSON for others. */
  const either = (
    request: ApiRequest,
    { key, shown }: Told,
    wanted: boolean,
    {
      page,
      value,
    }: { readonly page: (shown: Shown, place: Place) => string; readonly value: (shown: Shown) => unknown },
  ): Promise<ApiAnswer> => {
    const at = request.path;
    const language = languageOf(request);
    const file = wanted
      ? files(`${at} ${language} ${key}`, types.html, () => page(shown, { at, language }))
      : files(`${at} json ${key}`, types.json, () => json(value(shown)));
    return send(request, file, ['Accept', 'Accept-Language']);
  };
  const whole = async (request: ApiRequest, wanted: boolean, value: (shown: Shown) => unknown): Promise<ApiAnswer> =>
    either(request, await tell(), wanted, { page: cataloguePage, value });

  const contractsOf = createContracts(apis);
  const one = async (request: ApiRequest): Promise<ApiAnswer> => {
    const [id = '', ...below] = request.rest.split('/');
    if (request.rest === '') return whole(request, wantsPage(request), apisJson);
    const told = await tell();
    const api = told.shown.apis.find((each) => each.id === id);
    if (api === undefined) return nothing;
    if (below.length === 0)
      return either(request, told, wantsPage(request), {
        page: (shown, place) => apiPage(api, shown, place),
        value: (shown) => apiJson(api, shown),
      });
    if (below.join('/') !== 'contracts.json' || !api.offered) return nothing;
    const write = (): string => restContracts(api, contractsOf(id), told.shown);
    return send(request, files(`contracts ${id} ${told.key}`, types.json, write));
  };

  const guides = createGuides(guideNames(catalogue));
  return {
    entry,
    describe: () => [{ name: 'catalogue/openapi.json', type: 'application/json', text: document }],
    routes: [
      // Whoever says nothing of pages is a person with a browser here, and a program elsewhere.
      route('/', (request) => whole(request, !asksForJson(request), apisJson)),
      route('/catalogue', (request) => whole(request, wantsPage(request), catalogueJson)),
      route('/catalogue/apis/*', one),
      healthRoute(deps.health),
      written('/catalogue/changes', types.json, (shown) => json(changesJson(shown))),
      toldNow(atomPath, atomType, atomFeed),
      toldNow(jsonFeedPath, jsonFeedType, (of, news) => json(jsonFeed(of, news))),
      toldNow(promotionsPath, types.json, (_of, { promotions }) => json({ promotions })),
      written('/catalogue/dcat.ttl', types.turtle, (shown) => turtleOf(dcatGraph(shown))),
      written('/catalogue/dcat.jsonld', types.jsonLd, (shown) => json(jsonLdOf(dcatGraph(shown)))),
      written(linksetPath, linksetType, (shown) => json(linksetOf(shown))),
      route('/catalogue/calendar.ics', async (request) => {
        const { key, shown } = await tell();
        const language = languageOf(request);
        const calendar = files(`calendar ${language} ${key}`, types.calendar, () => calendarOf(shown, language));
        return send(request, calendar, ['Accept-Language']);
      }),
      route('/catalogue/openapi.json', (request) =>
        send(
          request,
          files('openapi', types.json, () => document),
        ),
      ),
      route(stylePath, (request) =>
        send(
          request,
          files('style', types.css, () => style),
        ),
      ),
      route('/catalogue/guides/*', async (request) => {
        const guide = guides(request.rest);
        return guide === null ? nothing : send(request, await guide);
      }),
    ],
  };
};

const nothing: ApiAnswer = {
  kind: 'problem',
  problem: problem('HUB-204', 'The catalogue has nothing at this address.'),
  status: 404,
};

const send = (request: ApiRequest, file: PageFile, vary: readonly string[] = []): Promise<ApiAnswer> =>
  pageFileAnswer(request, file, {
    vary,
    headers: {
      'Cache-Control': checkedAgain,
      Link: found,
      ...(file.type === types.html ? { 'Content-Security-Policy': pagePolicy } : {}),
    },
  });

/** What each API says of itself against what the catalogue says of it. */
const contradicting = (catalogue: Catalogue, entries: readonly CatalogueEntry[]): readonly string[] =>
  entries.flatMap(({ id, name, description, status, version }) => {
    const api = catalogue.apis.get(id);
    if (api === undefined) return [`The API ${id} is not in the catalogue.`];
    const said: readonly (readonly [what: string, here: string, there: string | undefined])[] = [
      ['status', status, api.status],
      ['version', version, api.versions[0]?.version],
      ...(['nb', 'en'] as const).flatMap(
        (language) =>
          [
            [`name.${language}`, name[language], api.name[language]],
            [`description.${language}`, description[language], api.description[language]],
          ] as const,
      ),
    ];
    return said
      .filter(([, here, there]) => here !== there)
      .map(([what, here, there]) => `The ${what} of ${id} is '${here}' in the API and '${there}' in the catalogue.`);
  });

type Told = { readonly key: string; readonly shown: Shown };

/** What there is to tell now, and a key that is the same for as long as that is. */
const createTelling = ({ catalogue, apis, components, announced, contact, clock, baseUrl }: CatalogueDeps) => {
  const mounted = new Set([...apis.map((one) => one.entry.id), entry.id]);
  let last: Told | null = null;
  return async (): Promise<Told> => {
    const { version, changes } = await announced();
    const hub = baseUrl();
    const shown = shownBy({ catalogue, mounted, components, contact, changes, now: clock.now(), hub });
    const key = [version, shown.current?.version, shown.next.version, shown.next.at, hub].join(' ');
    if (last?.key !== key) last = { key, shown };
    return last;
  };
};

// There are some sixty texts in three languages; what was told before something changed makes way.
const mostFiles = 256;

const createFiles = (): ((key: string, type: string, write: () => string) => PageFile) => {
  const made = new Map<string, PageFile>();
  return (key, type, write) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= mostFiles) made.clear();
    const file = pageFile(type, Buffer.from(write()));
    made.set(key, file);
    return file;
  };
};

/** The marks of an API, read from its documents when somebody first asks. */
const createContracts = (apis: readonly Api[]): ((id: string) => PartMarks) => {
  const made = new Map<string, PartMarks>();
  return (id) => {
    const known = made.get(id);
    if (known !== undefined) return known;
    const api = apis.find((one) => one.entry.id === id);
    const marks = api?.marks?.() ?? marksIn(api?.describe() ?? []);
    made.set(id, marks);
    return marks;
  };
};

const calendarOf = (shown: Shown, language: PageLanguage): string => {
  const apis = new Map(shown.apis.map((api) => [api.id, api]));
  return writeCatalogueCalendar({
    name: shown.name,
    releases: [
      ...shown.releases.map((release) => ({ ...release, dated: true })),
      ...(shown.next.dated ? [] : [shown.next]),
    ],
    changes: shown.changes,
    rules: {
      releases: shown.releases,
      policyOf: (id) => policies[apis.get(id)?.policy ?? 'sikt'],
      statusOf: (id) => apis.get(id)?.status ?? 'production',
    },
    language,
  });
};

/** A client that asks for JSON as well knows what it does: only browsers put pages first. */
const wantsPage = (request: ApiRequest): boolean => {
  const [first = ''] = (request.header('accept') ?? '').split(',');
  return /^\s*text\/html\s*(?:;|$)/i.test(first);
};

const asksForJson = (request: ApiRequest): boolean => {
  const [first = ''] = (request.header('accept') ?? '').split(',');
  return /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(first);
};

/** What the address says, else the language that is wanted most of those that there are; English for whoever wants none of them. */
const languageOf = (request: ApiRequest): PageLanguage => {
  const said = pageLanguages.find((one) => one === request.query.get('lang'));
  if (said !== undefined) return said;
  const wanted = (request.header('accept-language') ?? '')
    .split(',')
    .map((one) => /^\s*([a-z]{2,3})(?:-[\w-]*)?\s*(?:;\s*q=([\d.]+)\s*)?$/i.exec(one))
    .flatMap((match) => {
      const [, tag = '', weight = '1'] = match ?? [];
      const language = pageLanguages.find((each) => each === (tag.toLowerCase() === 'no' ? 'nb' : tag.toLowerCase()));
      return language === undefined || Number(weight) === 0 ? [] : [{ language, weight: Number(weight) }];
    })
    .toSorted((a, b) => b.weight - a.weight);
  return wanted[0]?.language ?? 'en';
};
