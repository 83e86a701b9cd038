// Routes of the page at which a GraphQL API is tried in the browser. The address is that to which operations are sent: a browser that opens it gets the
// page, everybody else what they got before. Called by the APIs that speak GraphQL. Open to all: descriptions are no personal data.
import { openGet, type ApiAnswer, type ApiRequest, type Route } from '#apis/api.ts';
import {
  checkedAgain,
  keptForGood,
  pageFile,
  pageFileAnswer,
  pagePolicy,
  pagePolicyWithFonts,
  type PageFile,
} from '#apis/page-files.ts';
import { problem, type Problem } from '#base/errors.ts';
import { madeOnce } from '#base/memory.ts';
import { consoleFiles } from './console-files.ts';
import { consolePage, type ConsolePage } from './console-page.ts';
import type { ConsoleLanguage } from './console-texts.ts';
import { guidePages, type GuidePages } from './guide-pages.ts';

export type ConsoleParts = ConsolePage & {
  /** Other spellings of the address. */
  readonly alsoAt?: readonly string[];
  /** The schema that flags open, as SDL: GraphiQL knows it without asking, so without a token. */
  readonly sdl: (flags: ReadonlySet<string>) => string;
  /** What a GET is told that is not for a page. */
  readonly otherwise: Problem;
};

const html = 'text/html; charset=utf-8';
const sdlType = 'application/graphql; charset=utf-8';

const noSuchFile: ApiAnswer = { kind: 'problem', problem: problem('HUB-204', 'There is no such file.') };

/** One route for each spelling of the address, and one each for the files, the schema and the guides below it. */
export const consoleRoutes = (parts: ConsoleParts): readonly Route[] => {
  const guides = guidePages(parts.path, parts.guides);
  const guide = guides.at(parts.guides[0]);
  const pagesAt = (at: string) =>
    madeOnce(async (language: ConsoleLanguage): Promise<PageFile> => {
      const files = await consoleFiles();
      return pageFile(html, Buffer.from(consolePage(parts, language, { at, files, guide })));
    });
  const schemaFor = createSchemaFiles(parts);
  const handlePage = async (request: ApiRequest, pageIn: ReturnType<typeof pagesAt>): Promise<ApiAnswer> =>
    wantsPage(request.header('accept'))
      ? pageFileAnswer(request, await pageIn(languageOf(request)), {
          vary: ['Accept', 'Accept-Language'],
          headers: { 'Cache-Control': checkedAgain, 'Content-Security-Policy': pagePolicyWithFonts },
        })
      : { kind: 'problem', problem: parts.otherwise, headers: { allow: 'POST', vary: 'Accept' } };
  const handleSchema = (request: ApiRequest): Promise<ApiAnswer> =>
    pageFileAnswer(request, schemaFor(request.query.get('flags') ?? ''), {
      headers: { 'Cache-Control': checkedAgain },
    });
  return [
    ...[parts.path, ...(parts.alsoAt ?? [])].map((path): Route => {
      const pageIn = pagesAt(path);
      return { ...openGet, path, handle: (request) => handlePage(request, pageIn) };
    }),
    { ...openGet, path: `${parts.path}/assets/*`, handle: handleFile },
    { ...openGet, path: `${parts.path}/schema`, handle: handleSchema },
    { ...openGet, path: `${parts.path}/guide/*`, handle: (request) => handleGuide(request, guides) },
  ];
};

const handleGuide = async (request: ApiRequest, guides: GuidePages): Promise<ApiAnswer> => {
  const page = guides.page(request.rest);
  return page === null
    ? noSuchFile
    : pageFileAnswer(request, await page, {
        headers: { 'Cache-Control': checkedAgain, 'Content-Security-Policy': pagePolicy },
      });
};

const handleFile = async (request: ApiRequest): Promise<ApiAnswer> => {
  const file = (await consoleFiles()).byAddress.get(request.rest);
  return file === undefined ? noSuchFile : pageFileAnswer(request, file, { headers: { 'Cache-Control': keptForGood } });
};

/** A client that asks for JSON as well knows what it does: only browsers put pages first. */
const wantsPage = (accept: string | null): boolean => {
  const [first = ''] = (accept ?? '').split(',');
  return /^\s*text\/html\s*(?:;|$)/i.test(first);
};

/** What the address says, else the first language that the browser asks for; English for whoever asks for neither. */
const languageOf = (request: ApiRequest): ConsoleLanguage => {
  const said = request.query.get('lang');
  if (said === 'nb' || said === 'en') return said;
  return /^\s*(?:nb|nn|no)\b/i.test(request.header('accept-language') ?? '') ? 'nb' : 'en';
};

/** Schemas by the flags that there are, whatever else is asked for: there are few, and each is made once. */
const createSchemaFiles = ({ flags, sdl }: ConsoleParts): ((asked: string) => PageFile) => {
  const made = new Map<string, PageFile>();
  return (asked) => {
    const named = new Set(asked.split(','));
    const known = flags.filter((flag) => named.has(flag));
    const key = known.join(',');
    const held = made.get(key) ?? pageFile(sdlType, Buffer.from(sdl(new Set(known))));
    made.set(key, held);
    return held;
  };
};
