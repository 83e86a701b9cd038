// The hub's own small pages: health, metrics, what an error code means, and the files that the web expects. Mounted by http/server.ts beside
// the routes of the APIs; they go through the same pipeline.
import { openGet, type ApiAnswer } from '#apis/api.ts';
import { errorTable, type ErrorCode } from '#base/errors.ts';
import { escapeHtml } from '#base/text.ts';
import { isLocal } from './peer.ts';
import { isErrorCode, languageOf, notFound, statusOf } from './problem.ts';
import type { PageRequest, ServedRoute } from './routes.ts';

/** How the hub is, asked by the readiness page. */
export type HealthPort = {
  readonly state: () => 'starting' | 'ready' | 'stopping';
  /** True when the store can make writes durable now. */
  readonly storeHealthy: () => boolean | Promise<boolean>;
};

/** What the metrics page shows, in the text format of Prometheus. */
export type MetricsPort = {
  readonly type: string;
  readonly text: () => Promise<string>;
  /** `loopback`: only for callers on this machine that came without a proxy. */
  readonly exposure: 'off' | 'loopback' | 'everyone';
};

const missing: ApiAnswer = { kind: 'problem', problem: notFound };

const page = (path: string, handle: ServedRoute['handle']): ServedRoute => ({ ...openGet, path, handle });

/** The routes of the pages. `publicUrl` gives the hub's address without a trailing slash; `contact` is where security findings go, null = no such page. */
export const createPages = (ports: {
  readonly health: HealthPort;
  readonly metrics: MetricsPort;
  readonly publicUrl: () => string;
  readonly contact: string | null;
  /** When security.txt runs out, RFC 3339. */
  readonly securityTextExpires: () => string;
}): readonly ServedRoute[] => [
  page('/health/live', () => ({ kind: 'json', status: 200, value: { status: 'live' } })),
  page('/health/ready', async () => {
    const state = ports.health.state();
    const status = state === 'ready' && !(await ports.health.storeHealthy()) ? 'store-unhealthy' : state;
    return status === 'ready'
      ? { kind: 'json', status: 200, value: { status } }
      : { kind: 'json', status: 503, headers: { 'Retry-After': '1' }, value: { status } };
  }),
  page('/metrics', async (request) => {
    const shown = ports.metrics.exposure === 'everyone' || (ports.metrics.exposure === 'loopback' && isLocal(request));
    return shown
      ? { kind: 'bytes', status: 200, type: ports.metrics.type, bytes: await ports.metrics.text() }
      : missing;
  }),
  page('/problems/*', (request) =>
    isErrorCode(request.rest) ? problemPage(request, request.rest, ports.publicUrl()) : missing,
  ),
  page('/robots.txt', () => ({
    kind: 'bytes',
    status: 200,
    type: 'text/plain; charset=utf-8',
    bytes: 'User-agent: *\nDisallow: /\n',
  })),
  page('/.well-known/security.txt', () =>
    ports.contact === null
      ? missing
      : {
          kind: 'bytes',
          status: 200,
          type: 'text/plain; charset=utf-8',
          bytes: `Contact: ${ports.contact}\nExpires: ${ports.securityTextExpires()}\nPreferred-Languages: nb, en\nCanonical: ${ports.publicUrl()}/.well-known/security.txt\n`,
        },
  ),
];

const problemPage = (request: PageRequest, code: ErrorCode, publicUrl: string): ApiAnswer => {
  const row = errorTable[code];
  const headers = { 'Cache-Control': 'public, max-age=3600', Vary: 'Accept, Accept-Language' };
  if (!(request.header('accept') ?? '').includes('text/html')) {
    const value = {
      type: `${publicUrl}/problems/${code}`,
      code,
      status: statusOf[code],
      stage: row.stage,
      title: { nb: row.nb, en: row.en },
      hint: row.hint,
    };
    return { kind: 'json', status: 200, headers, value };
  }
  const language = languageOf(request.header('accept-language') ?? undefined);
  const other = language === 'nb' ? 'en' : 'nb';
  const bytes = `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>${code} ${escapeHtml(row[language])}</title></head>
<body>
<main>
<h1>${code}: ${escapeHtml(row[language])}</h1>
<p lang="${other}">${escapeHtml(row[other])}</p>
<p lang="en">${escapeHtml(row.hint)}</p>
<p>HTTP ${statusOf[code]}</p>
</main>
</body>
</html>
`;
  return {
    kind: 'bytes',
    status: 200,
    headers: { ...headers, 'Content-Security-Policy': "default-src 'none'" },
    type: 'text/html; charset=utf-8',
    bytes,
  };
};
