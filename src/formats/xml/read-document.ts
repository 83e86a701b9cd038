// A whole document of somebody else's in memory, for requests, which are small: the reader of files with the root as the one entry. Called by the services of
// XML. All that the reader refuses is refused here; nothing is fetched.
import { limits } from '#base/limits.ts';
import { readShortXml, readXml, type XmlElement, type XmlReading } from './read-xml.ts';
import { XmlFault, xmlFault } from './xml-fault.ts';

/** The root with all that is in it, or why it cannot be had: no well-formed XML, or refused. `text` has been decoded; what its declaration says besides must not contradict it. */
export const readDocument = async (text: string, reading: XmlReading = {}): Promise<XmlElement | XmlFault> => {
  let root: XmlElement | null = null;
  try {
    const short = readShortXml(text, reading);
    if (short !== undefined) return short;
    // To the end: what comes after the root can be wrong too.
    for await (const events of readXml(pieces(text), () => true, reading))
      for (const event of events) if (event.kind === 'entry') root = event.element;
    return root ?? xmlFault('empty', 1);
  } catch (error) {
    if (error instanceof XmlFault) return error;
    throw error;
  }
};

/** The bytes, some at a time: what is too long is noticed before all of it has been looked at. */
async function* pieces(text: string): AsyncGenerator<Uint8Array, void> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += limits.xmlTextLength) yield bytes.subarray(at, at + limits.xmlTextLength);
}
