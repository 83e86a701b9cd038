// The operator's file of brokers that messages of changes may be brought to. It alone holds addresses, and the names of the files that hold secrets; everyone else knows a
// broker by its name. Read at the start by app; what brings messages there is src/messages/.
import path from 'node:path';
import { parseDocument } from 'yaml';
import type { BrokerSpec } from '#base/broker-spec.ts';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';

type Fields = Readonly<Record<string, unknown>>;

const members = [
  'name',
  'organisations',
  'host',
  'port',
  'tls',
  'vhost',
  'user',
  'passwordFile',
  'caFile',
  'exchange',
] as const;

const wrong = (what: string): Result<never> =>
  failed(problem('HUB-701', `The file of message brokers is not right: ${what}.`));

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the text of the file (YAML: a list under `brokers`); one broker for each organisation that may use it. Fails with HUB-701, naming the broker and what is wrong; never a secret. */
export const readMessageBrokers = (text: string, folder: string): Result<readonly BrokerSpec[]> => {
  const document = parseDocument(text);
  if (document.errors.length > 0) return wrong('is not YAML');
  const value: unknown = document.toJS();
  const list = isFields(value) ? value['brokers'] : null;
  if (!Array.isArray(list)) return wrong('needs a list named brokers');
  const brokers: BrokerSpec[] = [];
  for (const [index, each] of list.entries()) {
    const read = isFields(each) ? readBroker(each, folder) : 'is no object';
    const name = isFields(each) && typeof each['name'] === 'string' ? each['name'] : `number ${index + 1}`;
    if (typeof read === 'string') return wrong(`${name}: ${read}`);
    if (brokers.some((one) => one.name === name)) return wrong(`${name} stands twice`);
    brokers.push(...read);
  }
  return ok(brokers);
};

const isOrganisation = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z0-9][a-z0-9.-]{0,199}$/.test(value);

const isHere = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(host);

const readBroker = (fields: Fields, folder: string): readonly BrokerSpec[] | string => {
  const text = (name: string): string | null => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' && value.length <= 255 && !value.includes('\0') ? value : null;
  };
  const file = (name: string): string | null => {
    const value = text(name);
    return value === null ? null : path.resolve(folder, value);
  };
  const unknown = Object.keys(fields).find((member) => !members.some((one) => one === member));
  if (unknown !== undefined) return `${unknown} is not known; a broker has ${members.join(', ')}`;
  const name = text('name');
  if (name === null || !/^[a-z0-9][a-z0-9-]{0,59}$/.test(name))
    return 'name takes up to 60 lower-case letters, digits and hyphens';
  const { organisations, tls = true, port = 5671 } = fields;
  if (!Array.isArray(organisations) || organisations.length === 0 || !organisations.every(isOrganisation))
    return 'organisations names those that may use it';
  const [host, user, exchange, passwordFile] = [text('host'), text('user'), text('exchange'), file('passwordFile')];
  if (host === null || user === null || exchange === null || passwordFile === null)
    return 'host, user, passwordFile and exchange are needed';
  if (!/^[A-Za-z0-9.:-]+$/.test(host)) return 'host takes a name or an address, without port';
  if (typeof tls !== 'boolean') return 'tls takes true or false';
  if (!tls && !isHere(host)) return 'without tls a broker is on this machine';
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
    return 'port takes a whole number from 1 to 65535';
  const vhost = text('vhost') ?? '/';
  const caFile = file('caFile');
  return organisations.map((organisation) => ({
    name,
    organisation,
    host,
    port,
    tls,
    vhost,
    user,
    passwordFile,
    caFile,
    exchange,
  }));
};
