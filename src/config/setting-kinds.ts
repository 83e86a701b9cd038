// The kinds of values that a setting can have: how each is read from text, shown and described. Used by the table of settings only.
import { isIP } from 'node:net';
import path from 'node:path';

export type Kind<T> = {
  /** What it takes, in words: for messages and for the reference page. */
  readonly takes: string;
  /** The value, or null when the text is none of this kind. */
  readonly read: (text: string) => T | null;
  /** Of values that may hold a secret: whether this text does, and the value as it may be shown. */
  readonly guarded?: { readonly holdsSecret: (text: string) => boolean; readonly shown: (text: string) => string };
};

/** A whole number within bounds, both included. */
export const wholeNumber = (least: number, most: number): Kind<number> => ({
  takes: `a whole number from ${least} to ${most}`,
  read: (text) => (/^\d{1,15}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) : null),
});

/** A share from 0 to 1, decimal point. */
export const share: Kind<number> = {
  takes: 'a share from 0 to 1, such as 0.05',
  read: (text) => (/^(?:0(?:\.\d{1,6})?|1(?:\.0{1,6})?)$/.test(text) ? Number(text) : null),
};

/** yes or no, also as true/false, on/off, 1/0. */
export const yesNo: Kind<boolean> = {
  takes: 'true or false',
  read: (text) => (/^(?:true|yes|on|1)$/i.test(text) ? true : /^(?:false|no|off|0)$/i.test(text) ? false : null),
};

/** One of a list of words. */
export const oneOf = <const T extends string>(words: readonly T[]): Kind<T> => ({
  takes: `one of ${words.join(', ')}`,
  read: (text) => words.find((word) => word === text) ?? null,
});

/** A path of the file system, made absolute. */
export const filePath: Kind<string> = {
  takes: 'a path',
  read: (text) => (text === '' || text.includes('\0') ? null : path.resolve(text)),
};

/** Paths of the file system with commas between them, made absolute. */
export const filePaths: Kind<readonly string[]> = {
  takes: 'one or several paths with commas between them',
  read: (text) => {
    const paths = text.split(',').flatMap((one) => filePath.read(one.trim()) ?? []);
    return paths.length === text.split(',').length ? paths : null;
  },
};

/** A host name or address to listen on, without a port. */
export const hostName: Kind<string> = {
  takes: 'a host name or an IP address',
  read: (text) => (/^(?:[A-Za-z0-9.-]{1,253}|[0-9A-Fa-f:.]{2,45})$/.test(text) ? text : null),
};

/** An http or https address without query, fragment and credentials; the trailing slash is taken off. */
export const webAddress: Kind<string> = {
  takes: 'an http or https address without query, fragment and credentials',
  read: (text) => {
    if (!URL.canParse(text)) return null;
    const url = new URL(text);
    const plain = url.search === '' && url.hash === '' && url.username === '' && url.password === '';
    return plain && /^https?:$/.test(url.protocol) && !/[?#]/.test(text)
      ? `${url.origin}${url.pathname}`.replace(/\/+$/, '')
      : null;
  },
};

/** Where people write to: a mailto: or https: address. */
export const contactAddress: Kind<string> = {
  takes: 'a mailto: or https: address',
  read: (text) => (/^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(text) ? text : null),
};

/** Any text of one line. */
export const oneLine: Kind<string> = {
  takes: 'a text on one line',
  read: (text) => (/^[^\r\n\0]+$/.test(text) ? text : null),
};

const mask = '********';
// Scheme, login, servers, the rest.
const databaseForm = /^(postgres(?:ql)?:\/\/)(?:([^/?#]*)@)?([^/?#@]*)(\/[^?#]*)(\?[^#]*)?$/;
const secretParameter = /([?&](?:password|sslpassword)=)([^&]*)/gi;

/**
 * The address of a PostgreSQL database. Several servers may stand in it, of which the one that takes writes is used; the password may be left to
 * the environment of the driver, or to the server.
 */
export const databaseAddress: Kind<string> = {
  takes: 'postgres://user:password@server:port/database, several servers with commas between them',
  read: (text) => {
    const [, scheme, login, servers, name] = databaseForm.exec(text) ?? [];
    if (scheme === undefined || servers === undefined || name === undefined || name.length < 2) return null;
    const before = login === undefined ? '' : `${login}@`;
    const each = servers.split(',');
    // Of a socket only the parameters say where it is.
    if (each.length > 1 && each.includes('')) return null;
    return each.every((server) => URL.canParse(`${scheme}${before}${server === '' ? 'socket' : server}${name}`))
      ? text
      : null;
  },
  guarded: {
    holdsSecret: (text) =>
      text.split('?')[0]?.match(/^[^:]*:\/\/[^/]*:[^/]*@/) !== null || text.search(secretParameter) !== -1,
    shown: (text) =>
      text.replace(/^([^:]*:\/\/[^:@/]*):[^/?#]*@/, `$1:${mask}@`).replaceAll(secretParameter, `$1${mask}`),
  },
};

/** A mail server to hand letters in at: `smtps://` is by TLS from the first byte, `smtp://` asks for it, and only this machine may do without. */
export type MailServerAddress = {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  readonly plain: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
};

/** The address of a mail server, with user and password percent-encoded. */
export const mailServer: Kind<MailServerAddress> = {
  takes: 'smtps://user:password@server:465, or smtp://user:password@server:587',
  read: (text) => {
    const url = URL.parse(text);
    if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || /[?#]/.test(text)) return null;
    if (!/^\/?$/.test(url.pathname) || (url.username === '') !== (url.password === '')) return null;
    const secure = url.protocol === 'smtps:';
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const login = decodedLogin(url.username, url.password);
    if (login === undefined) return null;
    return {
      host,
      port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
      secure,
      plain: !secure && /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host),
      login,
    };
  },
};

const decodedLogin = (user: string, password: string): MailServerAddress['login'] | undefined => {
  if (user === '') return null;
  try {
    return { user: decodeURIComponent(user), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
};

/** One plain e-mail address. */
export const mailAddress: Kind<string> = {
  takes: 'an e-mail address, such as hub@example.org',
  read: (text) => (/^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(text) ? text : null),
};

/** Whole numbers of days with commas between them, each once; none at all where it is empty of numbers: `none`. */
export const dayList: Kind<readonly number[]> = {
  takes: 'up to ten whole numbers from 1 to 800 with commas between them, or none',
  read: (text) => {
    if (text === 'none') return [];
    const days = text.split(',').map((one) => one.trim());
    const right = days.length <= 10 && new Set(days).size === days.length;
    return right && days.every((one) => /^[1-9]\d{0,2}$/.test(one) && Number(one) <= 800) ? days.map(Number) : null;
  },
};

const isNetwork = (text: string): boolean => {
  const [, address = '', length] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const family = isIP(address);
  return family !== 0 && Number(length ?? 0) <= (family === 6 ? 128 : 32);
};

/** IP addresses and networks. */
export const networks: Kind<readonly string[]> = {
  takes: 'IP addresses and networks (10.0.0.0/8) with commas between them, or none',
  read: (text) => {
    if (text === 'none') return [];
    const list = text.split(',').map((one) => one.trim());
    return list.length <= 100 && list.every(isNetwork) ? list : null;
  },
};
