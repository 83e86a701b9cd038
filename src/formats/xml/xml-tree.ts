// A whole XML document of ours as a tree, with the prefixes that are in force at each element: for descriptions (XSD, WSDL), whose values name things by
// prefix. Called by the gate of the catalogue. For files of others there is read-xml.ts, which holds no more than an entry at a time.
import { SaxesParser } from 'saxes';
import { limits } from '#base/limits.ts';
import { xmlFault } from './xml-fault.ts';

export type XmlTree = {
  /** Without its prefix. */
  readonly name: string;
  readonly namespace: string;
  /** Those without a prefix. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlTree[];
  /** Of which namespace a prefix is here; '' = of names without one. */
  readonly prefixes: ReadonlyMap<string, string>;
};

type OpenTree = Omit<XmlTree, 'children'> & { readonly children: OpenTree[] };

/** Reads a document. Throws an XmlFault where it is not well-formed, declares a document type, or is nested too deeply. */
export const xmlTree = (text: string): XmlTree => {
  const parser = new SaxesParser({ xmlns: true, position: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const open: OpenTree[] = [];
  let root: OpenTree | null = null;
  parser.on('error', (error) => {
    throw xmlFault('not-well-formed', parser.line, error.message);
  });
  parser.on('doctype', () => {
    throw xmlFault('doctype', parser.line);
  });
  parser.on('opentag', (tag) => {
    if (open.length >= limits.xmlDepth) throw xmlFault('too-deep', parser.line);
    const outer = open.at(-1);
    const own = Object.entries(tag.ns);
    const element: OpenTree = {
      name: tag.local,
      namespace: tag.uri,
      attributes: new Map(
        Object.values(tag.attributes)
          .filter(({ prefix, name }) => prefix === '' && name !== 'xmlns')
          .map(({ local, value }) => [local, value]),
      ),
      children: [],
      prefixes:
        own.length === 0 && outer !== undefined ? outer.prefixes : new Map([...(outer?.prefixes ?? []), ...own]),
    };
    outer?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  if (root === null) throw xmlFault('empty', 1);
  return root;
};
