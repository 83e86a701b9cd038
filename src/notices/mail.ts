// Sends messages as letters, over the operator's mail server, encrypted unless that is this machine. A letter is plain text for one addressee. Used by deliver.ts; SMTP
// is the library's, which is used here alone.
import { createTransport } from 'nodemailer';
import { limits } from '#base/limits.ts';
import { isHeaderText, isMailAddress } from '#catalogue/mail-address.ts';
import type { MailChannel } from '#catalogue/subscription.ts';
import type { Carrier, Sent } from './channel.ts';

/** Where letters are handed in. */
export type MailServer = {
  readonly host: string;
  readonly port: number;
  /** By TLS from the first byte; otherwise the server is asked for it, and nothing is said to one that has none. */
  readonly secure: boolean;
  /** Without TLS: of this machine alone. */
  readonly plain: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
  /** Certificates in PEM that are trusted instead of those of the runtime. */
  readonly ca?: string;
};

export type MailCarrier = { readonly send: Carrier<MailChannel>; readonly close: () => void };

/** Sends from one address. */
export const createMailCarrier = (server: MailServer, from: string): MailCarrier => {
  const { host, port, secure, plain, login, ca } = server;
  const transport = createTransport({
    host,
    port,
    secure,
    requireTLS: !secure && !plain,
    ignoreTLS: plain,
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    connectionTimeout: limits.mailMs,
    greetingTimeout: limits.mailMs,
    socketTimeout: limits.mailMs,
    // A letter is what it is given: it reads no files and fetches nothing.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    send: async ({ address, name }, { id, at, subject, text }): Promise<Sent> => {
      if (!isMailAddress(address) || (name !== null && !isHeaderText(name)) || !isHeaderText(subject))
        return { kind: 'refused', why: 'The address, the name or the subject can stand in no header.' };
      try {
        await transport.sendMail({
          from,
          to: { name: name ?? '', address },
          subject,
          text,
          date: new Date(at),
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return { kind: 'sent' };
      } catch (error) {
        return whatHappened(error);
      }
    },
    close: () => transport.close(),
  };
};

const memberOf = (error: unknown, name: string): unknown =>
  error instanceof Error ? Reflect.get(error, name) : undefined;

/** What the server answers is told by its number alone: its words may hold addresses. */
const whatHappened = (error: unknown): Sent => {
  const [status, command, code] = ['responseCode', 'command', 'code'].map((name) => memberOf(error, name));
  if (typeof status === 'number') {
    const why = `The mail server answered ${status}.`;
    // The addressee is not there; all other refusals are about us, and may be set right.
    return command === 'RCPT TO' && status >= 500 ? { kind: 'refused', why } : { kind: 'failed', why };
  }
  return { kind: 'failed', why: `The mail server could not be used${typeof code === 'string' ? `: ${code}` : ''}.` };
};
