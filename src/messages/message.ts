// A message about a change as the old FS-API's queue has it: thin, so that whoever gets it asks the API for what is true now. And its forms on the way: a
// routing key, and an event of CloudEvents. Pure; holds nothing of a person but the key in the address.
import { hash } from 'node:crypto';
import type { FsResource } from '#mappings/fs-resources.ts';

/** `restart`: what was told before has a hole that cannot be filled; all that is there follows, and what is not told again is gone. */
export type Operation = 'create' | 'update' | 'delete' | 'restart';

/** Where a change happened: what every message of a destination has in common. */
export type Origin = {
  /** The number of the institution. */
  readonly institution: string;
  /** `FS-TEST`. */
  readonly issuer: string;
  /** Where the API is that is asked for what is true now, without a slash at its end. */
  readonly api: string;
};

export type ChangeMessage = {
  readonly resource: string;
  readonly operation: Operation;
  /** `emner/7777,TST1000,1`; of a restart the resource alone. */
  readonly subject: string;
  /** Epoch ms. */
  readonly at: number;
  /** The same whenever it is told again: by it a receiver knows what it has already. */
  readonly id: string;
  /** What is sent, as JSON text. */
  readonly body: string;
};

/** Who says it: the environment is all that is told of the hub. */
export const issuerOf = (environment: 'production' | 'test' | 'sandbox'): string =>
  ({ production: 'FS-PROD', test: 'FS-TEST', sandbox: 'FS-SANDBOX' })[environment];

/** A UUID that is made of a text, the same for the same text (RFC 9562, version 8). */
export const idFrom = (text: string): string => {
  const bytes = hash('sha256', text, 'buffer').subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};

/** A message of what has happened to one thing. `mark` is of this change alone. */
export const messageOf = (
  { name, idMember }: Pick<FsResource, 'name' | 'idMember'>,
  issuer: string,
  change: {
    readonly operation: Exclude<Operation, 'restart'>;
    readonly key: string;
    readonly at: number;
    readonly mark: string;
  },
): ChangeMessage => {
  const { operation, key, at } = change;
  const subject = `${name}/${key}`;
  const id = idFrom(`${name}\n${key}\n${operation}\n${change.mark}`);
  const body = JSON.stringify({ sub: subject, [idMember]: key, iss: issuer, iat: String(at), operation, jti: id });
  return { resource: name, operation, subject, at, id, body };
};

/** A message that says that a resource is told anew, from its beginning. */
export const restartOf = ({ name }: Pick<FsResource, 'name'>, issuer: string, at: number): ChangeMessage => {
  const id = idFrom(`${name}\nrestart\n${at}`);
  const body = JSON.stringify({ sub: name, iss: issuer, iat: String(at), operation: 'restart', jti: id });
  return { resource: name, operation: 'restart', subject: name, at, id, body };
};

/** By what queues choose: `no.7777.fs.FS-TEST.personer.update`. */
export const routingKeyOf = (
  { institution, issuer }: Pick<Origin, 'institution' | 'issuer'>,
  { resource, operation }: Pick<ChangeMessage, 'resource' | 'operation'>,
): string => `no.${institution}.fs.${issuer}.${resource}.${operation}`;

/** The same message as an event of CloudEvents 1.0, as JSON text. */
export const cloudEventOf = (
  { institution, api }: Pick<Origin, 'institution' | 'api'>,
  message: ChangeMessage,
): string =>
  JSON.stringify({
    specversion: '1.0',
    id: message.id,
    source: `${api}/${institution}`,
    type: `no.fs.${message.resource}.${message.operation}`,
    subject: message.subject,
    time: new Date(message.at).toISOString(),
    datacontenttype: 'application/json',
    data: JSON.parse(message.body),
  });
