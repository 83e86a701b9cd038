// Reads PIFU-IMS files, versions 0.9 to 1.3, full, delta and event: bytes in, records with line numbers out, in the order of the file, and no more in
// memory than one of them. Called by whoever takes files in. What cannot be understood is told and left out; a file that is no PIFU-IMS, or
// no XML that is safe to read, fails as a whole.
import { HubError, problem } from '#base/errors.ts';
import { XmlFault } from '../xml/xml-fault.ts';
import { readXml, type XmlElement, type XmlEvent } from '../xml/read-xml.ts';
import { readGroup, readHead, readHolder, readMember, readPerson, type Tell } from './read-record.ts';
import { versionOfNamespace, type PifuVersion } from './read-words.ts';
import type { PifuId, PifuRecord } from './record.ts';

/**
 * Gives the records of a file, as many at a time as came in one piece of it; the head first. `tell` hears what was kept back or is odd. Throws a
 * HubError: HUB-630 when the file is no PIFU-IMS, HUB-631 when it cannot be read.
 */
export async function* readPifu(
  chunks: AsyncIterable<Uint8Array>,
  tell: Tell,
): AsyncGenerator<readonly PifuRecord[], void> {
  const reading = createReading(tell);
  try {
    for await (const events of readXml(notPacked(chunks), isEntry)) {
      const records = reading.take(events);
      if (records.length > 0) yield records;
    }
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    throw new HubError(problem('HUB-631', `${error.message} Line ${error.line}.`), { cause: error });
  }
  reading.end();
}

async function* notPacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  let first = true;
  for await (const chunk of chunks) {
    if (first && chunk[0] === 0x1f && chunk[1] === 0x8b)
      throw new HubError(problem('HUB-630', 'The file is packed with gzip: unpack it first, as with gunzip -c.'));
    if (chunk.length > 0) first = false;
    yield chunk;
  }
}

const root = 'enterprise';
const holderElement = 'membership';

/** Memberships may have any number of members, so that each of those is read by itself. */
const isEntry = (name: string, around: string | null): boolean =>
  around === holderElement || (around === root && name !== holderElement);

type Reading = { readonly take: (events: readonly XmlEvent[]) => readonly PifuRecord[]; readonly end: () => void };

const rootOf = (event: Extract<XmlEvent, { readonly kind: 'open' }>): PifuVersion => {
  const found = versionOfNamespace.get(event.namespace);
  if (event.name === root && found !== undefined) return found;
  throw new HubError(
    problem(
      'HUB-630',
      event.name !== root
        ? 'The root element is not enterprise.'
        : event.namespace === ''
          ? 'The root element has no namespace: IMS Enterprise, perhaps.'
          : 'The namespace is of no version of PIFU-IMS.',
    ),
  );
};

const createReading = (tell: Tell): Reading => {
  let version: PifuVersion | null = null;
  let headSeen = false;
  let inMembership = false;
  let holder: PifuId | null = null;
  let holderLine = 0;

  const open = (event: Extract<XmlEvent, { readonly kind: 'open' }>): void => {
    if (version === null) version = rootOf(event);
    else {
      inMembership = true;
      holder = null;
      holderLine = event.line;
    }
  };

  const head = (element: XmlElement): PifuRecord => {
    const read = version === null ? null : readHead(element, version, tell);
    if (read === null)
      throw new HubError(problem('HUB-630', `What kind of file it is cannot be told. Line ${element.line}.`));
    headSeen = true;
    return read;
  };

  const inHolder = (element: XmlElement): PifuRecord | null => {
    if (element.name === 'sourcedid') {
      holder = readHolder(element);
      return null;
    }
    if (element.name !== 'member') return null;
    if (holder !== null) return readMember(element, holder, tell);
    tell({
      severity: 'kept-back',
      code: 'HUB-632',
      line: element.line,
      what: 'membership',
      reason: `the membership of line ${holderLine} does not say first what it is of`,
    });
    return null;
  };

  const entry = (element: XmlElement): PifuRecord | null => {
    if (inMembership) return inHolder(element);
    if (element.name === 'properties' && !headSeen) return head(element);
    if (element.name === 'comments') return null;
    if (!headSeen) throw new HubError(problem('HUB-630', `properties does not stand first. Line ${element.line}.`));
    if (element.name === 'person') return readPerson(element, tell);
    if (element.name === 'group') return readGroup(element, tell);
    tell({
      severity: 'kept-back',
      code: 'HUB-632',
      line: element.line,
      what: 'file',
      reason: 'an element that PIFU-IMS does not have',
    });
    return null;
  };

  return {
    take: (events) => {
      const records: PifuRecord[] = [];
      for (const event of events)
        if (event.kind === 'open') open(event);
        else if (event.kind === 'close') inMembership = false;
        else {
          const record = entry(event.element);
          if (record !== null) records.push(record);
        }
      return records;
    },
    end: () => {
      if (!headSeen) throw new HubError(problem('HUB-630', 'The file has no properties.'));
    },
  };
};
