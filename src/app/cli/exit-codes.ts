// The one table of exit codes, and which code an error or an HTTP status becomes. Used by every command; the help text shows it.
import type { ErrorCode } from '#base/errors.ts';

export const exitCodes = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  authentication: 3,
  forbidden: 4,
  notFound: 5,
  gate: 6,
  quality: 7,
  remote: 8,
  conflict: 9,
  held: 10,
  temporary: 75,
  interrupted: 130,
} as const;

export type ExitName = keyof typeof exitCodes;
export type ExitCode = (typeof exitCodes)[ExitName];

/** What each exit code says. */
export const exitMeanings: Readonly<Record<ExitName, { readonly nb: string; readonly en: string }>> = {
  ok: { nb: 'i orden', en: 'all right' },
  unexpected: { nb: 'uventet feil', en: 'unexpected failure' },
  usage: { nb: 'feil bruk eller innstilling', en: 'wrong use or setting' },
  authentication: { nb: 'mangler gyldig token', en: 'no valid token' },
  forbidden: { nb: 'ikke tilgang', en: 'not allowed, or no grant' },
  notFound: { nb: 'finnes ikke', en: 'not found' },
  gate: { nb: 'bryter en kontrakt som gjelder', en: 'breaks a contract that holds' },
  quality: { nb: 'en kontroll fant feil', en: 'a check found something wrong' },
  remote: { nb: 'tjenesten eller nettet svikter', en: 'the hub or the network fails' },
  conflict: { nb: 'konflikt med det som er der', en: 'conflict with what is there' },
  held: { nb: 'venter på at noen bekrefter', en: 'waits for somebody to confirm it' },
  temporary: { nb: 'prøv igjen senere', en: 'try again later' },
  interrupted: { nb: 'avbrutt', en: 'interrupted' },
};

const special: Readonly<Partial<Record<ErrorCode, ExitCode>>> = {
  'HUB-106': exitCodes.temporary,
  'HUB-107': exitCodes.temporary,
  'HUB-200': exitCodes.quality,
  'HUB-204': exitCodes.notFound,
  'HUB-207': exitCodes.quality,
  'HUB-302': exitCodes.forbidden,
  'HUB-400': exitCodes.forbidden,
  'HUB-401': exitCodes.forbidden,
  'HUB-409': exitCodes.conflict,
  'HUB-410': exitCodes.conflict,
  'HUB-419': exitCodes.conflict,
  'HUB-420': exitCodes.held,
  'HUB-421': exitCodes.quality,
  'HUB-501': exitCodes.temporary,
  'HUB-503': exitCodes.temporary,
  'HUB-510': exitCodes.conflict,
  'HUB-514': exitCodes.conflict,
  'HUB-515': exitCodes.forbidden,
  'HUB-630': exitCodes.quality,
  'HUB-631': exitCodes.quality,
  'HUB-640': exitCodes.usage,
};

/** The exit code of a problem: by its code, else by the range that the code is in. */
export const exitOfCode = (code: ErrorCode): ExitCode => {
  const known = special[code];
  if (known !== undefined) return known;
  switch (code.charAt(4)) {
    case '1':
    case '2':
    case '7':
      return exitCodes.usage;
    case '3':
      return exitCodes.authentication;
    case '6':
      return exitCodes.conflict;
    default:
      return exitCodes.unexpected;
  }
};

/** The exit code of an HTTP status that is no success. */
export const exitOfStatus = (status: number): ExitCode => {
  switch (status) {
    case 401:
      return exitCodes.authentication;
    case 403:
      return exitCodes.forbidden;
    case 404:
      return exitCodes.notFound;
    case 409:
    case 410:
    case 412:
      return exitCodes.conflict;
    case 408:
    case 429:
    case 503:
      return exitCodes.temporary;
    default:
      return status >= 400 && status < 500 ? exitCodes.usage : exitCodes.remote;
  }
};
