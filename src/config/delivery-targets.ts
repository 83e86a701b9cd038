// The operator's file of places that exports may be brought to. It alone holds addresses, and the names of the files that hold secrets; everyone else
// knows a target by its name. Read at the start by app; what brings files there is src/exports/delivery/.
import path from 'node:path';
import { parseDocument } from 'yaml';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { TargetSpec } from '#base/target-spec.ts';

type Fields = Readonly<Record<string, unknown>>;

const members: Readonly<Record<TargetSpec['kind'], readonly string[]>> = {
  folder: ['path'],
  https: ['url', 'user', 'passwordFile', 'tokenFile', 'caFile'],
  sftp: ['host', 'port', 'user', 'passwordFile', 'keyFile', 'hostKey', 'path'],
};
const common = ['name', 'kind', 'organisations'];

/** Reads the text of the file (YAML: a list under `targets`); one target for each organisation that may use it. Fails with HUB-701, naming the target and the member that is wrong; never a secret. */
export const readDeliveryTargets = (text: string, folder: string): Result<readonly TargetSpec[]> => {
  const document = parseDocument(text);
  if (document.errors.length > 0) return wrong('is not YAML');
  const value: unknown = document.toJS();
  const list = isFields(value) ? value['targets'] : null;
  if (!Array.isArray(list)) return wrong('needs a list named targets');
  const targets: TargetSpec[] = [];
  for (const [index, each] of list.entries()) {
    const read = isFields(each) ? readTargets(each, folder) : 'is no object';
    const name = isFields(each) && typeof each['name'] === 'string' ? each['name'] : `number ${index + 1}`;
    if (typeof read === 'string') return wrong(`${name}: ${read}`);
    if (targets.some((one) => one.name === name)) return wrong(`${name} stands twice`);
    targets.push(...read);
  }
  return ok(targets);
};

/** Where the id of the organisation goes, so that files of one never take the place of those of another. */
const placeholder = '{organisation}';

/** The target once for each organisation that may use it. */
const readTargets = (fields: Fields, folder: string): readonly TargetSpec[] | string => {
  const { organisations } = fields;
  if (!Array.isArray(organisations) || organisations.length === 0 || !organisations.every(isOrganisation))
    return 'organisations names those that may use it';
  const [place] = [fields['url'], fields['path']].filter((one) => typeof one === 'string');
  if (organisations.length > 1 && place?.includes(placeholder) !== true)
    return `what several organisations use has ${placeholder} in its path or url`;
  const targets: TargetSpec[] = [];
  for (const organisation of organisations) {
    const read = readTarget(placedFor(fields, organisation), folder, organisation);
    if (typeof read === 'string') return read;
    targets.push(read);
  }
  return targets;
};

const isOrganisation = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z0-9][a-z0-9.-]{0,199}$/.test(value);

const placedFor = (fields: Fields, organisation: string): Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([member, value]) => [
      member,
      (member === 'path' || member === 'url') && typeof value === 'string'
        ? value.replaceAll(placeholder, organisation)
        : value,
    ]),
  );

const wrong = (what: string): Result<never> =>
  failed(problem('HUB-701', `The file of delivery targets is not right: ${what}.`));

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readTarget = (fields: Fields, folder: string, organisation: string): TargetSpec | string => {
  const text = (name: string): string | null => {
    const value = fields[name];
    return typeof value === 'string' && value !== '' && !value.includes('\0') ? value : null;
  };
  const file = (name: string): string | null => {
    const value = text(name);
    return value === null ? null : path.resolve(folder, value);
  };
  const kind = text('kind');
  if (kind !== 'folder' && kind !== 'https' && kind !== 'sftp') return 'kind is folder, https or sftp';
  const unknown = Object.keys(fields).find((member) => !common.includes(member) && !members[kind].includes(member));
  if (unknown !== undefined) return `${unknown} is not known; a target of kind ${kind} has ${members[kind].join(', ')}`;
  const name = text('name');
  if (name === null || !/^[a-z0-9][a-z0-9-]{0,59}$/.test(name))
    return 'name takes up to 60 lower-case letters, digits and hyphens';
  const named = { name, organisation };
  switch (kind) {
    case 'folder': {
      const place = file('path');
      return place === null ? 'path is missing' : { ...named, kind, path: place };
    }
    case 'https': {
      const url = text('url');
      if (url === null || !isHttps(url)) return 'url takes an https address without user, query and fragment';
      const [user, passwordFile, tokenFile] = [text('user'), file('passwordFile'), file('tokenFile')];
      if ((user === null) !== (passwordFile === null)) return 'user and passwordFile go together';
      if (user !== null && tokenFile !== null) return 'takes a user or a tokenFile, not both';
      return { ...named, kind, url, user, passwordFile, tokenFile, caFile: file('caFile') };
    }
    case 'sftp': {
      const [host, user, hostKey, place] = [text('host'), text('user'), text('hostKey'), text('path')];
      const [passwordFile, keyFile] = [file('passwordFile'), file('keyFile')];
      const { port = 22 } = fields;
      if (host === null || user === null) return 'host and user are needed';
      if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535)
        return 'port takes a whole number from 1 to 65535';
      if (hostKey === null || !/^SHA256:[A-Za-z0-9+/]{43}$/.test(hostKey))
        return 'hostKey takes the fingerprint of the server, SHA256:…';
      if ((passwordFile === null) === (keyFile === null)) return 'takes a passwordFile or a keyFile, one of them';
      return { ...named, kind, host, port, user, passwordFile, keyFile, hostKey, path: place ?? '.' };
    }
  }
};

const isHttps = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && url.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === '';
};
