// Links by which an application gets its first secret, once: the page says what is behind the link, a button shows it, and then the link is dead. Mounted by
// app/faces.ts; links are made by the admin API. Looking burns nothing, so that whatever fetches links before people do takes nothing away.
import { hash } from 'node:crypto';
import { openGet, type Api, type ApiAnswer, type ApiRequest } from '#apis/api.ts';
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { escapeHtml } from '#base/text.ts';

/** A link that can be used: whose keys it leads to, and until when (epoch ms). */
export type KeyLink = { readonly client: string; readonly name: string; readonly expiresAt: number };

export type KeyLinks = {
  /** By the hash of its token; null for one that was never made, is over or used, or whose application has got keys otherwise. */
  readonly find: (id: string) => Promise<KeyLink | null>;
  /** Makes the secret and ends the link, on record; null when it cannot be used any more. Of two at once one gets it. */
  readonly reveal: (id: string) => Promise<string | null>;
  readonly tokenEndpoint: () => string;
};

const prefix = '/access/keys';
const tokenForm = /^[\w-]{43}$/;

// Neither this page nor the one that it leads to says where it is, is kept, or is shown within another.
const headers = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
} as const;
const policy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Whatever the reason is: nobody learns which links there were. */
const nothing: ApiAnswer = {
  kind: 'problem',
  problem: problem('HUB-204', 'There is nothing at this address, or no longer: ask for a new link.'),
  headers: { 'cache-control': 'no-store' },
};

const looked = (request: ApiRequest, { client, name, expiresAt }: KeyLink): ApiAnswer =>
  answer(
    request,
    { clientId: client, name, expiresAt: formatInstant(expiresAt) },
    (norwegian) => `<h1>${norwegian ? 'Nøkler til' : 'Keys of'} ${escapeHtml(name)}</h1>
<p>${
      norwegian
        ? 'Hemmeligheten vises én gang. Ha et sted klart der den kan lagres trygt.'
        : 'The secret is shown once. Have a safe place for it ready.'
    }</p>
<p>client_id: <code>${escapeHtml(client)}</code></p>
<form method="post"><button>${norwegian ? 'Vis hemmeligheten' : 'Show the secret'}</button></form>`,
  );

const revealed = async (links: KeyLinks, request: ApiRequest, id: string, link: KeyLink): Promise<ApiAnswer> => {
  const secret = await links.reveal(id);
  if (secret === null) return nothing;
  const tokenEndpoint = links.tokenEndpoint();
  return answer(
    request,
    { clientId: link.client, clientSecret: secret, tokenEndpoint },
    (norwegian) => `<h1>${norwegian ? 'Nøkler til' : 'Keys of'} ${escapeHtml(link.name)}</h1>
<p>client_id: <code>${escapeHtml(link.client)}</code></p>
<p>client_secret: <code>${escapeHtml(secret)}</code></p>
<p>token: <code>${escapeHtml(tokenEndpoint)}</code></p>
<p>${norwegian ? 'Den vises ikke igjen.' : 'It is not shown again.'}</p>`,
  );
};

const answer = (request: ApiRequest, value: object, page: (norwegian: boolean) => string): ApiAnswer => {
  if (!(request.header('accept') ?? '').includes('text/html')) return { kind: 'json', status: 200, headers, value };
  const norwegian = /^\s*(?:nb|nn|no)\b/i.test(request.header('accept-language') ?? '');
  return {
    kind: 'bytes',
    status: 200,
    headers: { ...headers, 'content-security-policy': policy },
    type: 'text/html; charset=utf-8',
    bytes: `<!doctype html>
<html lang="${norwegian ? 'nb' : 'en'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Bindeledd</title></head>
<body>
<main>
${page(norwegian)}
</main>
</body>
</html>
`,
  };
};

/** Builds the API. */
export const accessKeysApi = (links: KeyLinks): Api => ({
  entry: {
    id: 'access-keys',
    name: { nb: 'Engangslenker til nøkler', en: 'One-time links to keys' },
    description: {
      nb: 'Viser en ny hemmelighet én gang for en applikasjon som er sluppet inn.',
      en: 'Shows a new secret once for an application that has been let in.',
    },
    status: 'beta',
    version: '1',
  },
  routes: [
    {
      ...openGet,
      methods: ['GET', 'POST'],
      path: `${prefix}/*`,
      body: 'text',
      bodyLimit: 1_024,
      handle: async (request) => {
        if (!tokenForm.test(request.rest)) return nothing;
        // The token itself is kept nowhere.
        const id = hash('sha256', request.rest, 'base64url');
        const link = await links.find(id);
        if (link === null) return nothing;
        return request.method === 'POST' ? revealed(links, request, id, link) : looked(request, link);
      },
    },
  ],
  describe: () => [],
});
