// The description of a service (WSDL 1.1) as parts that can be compared: operations with their messages and faults, how they are bound, where they are
// reached. Called by xml-differences.ts; knows nothing of before and after.
import type { XmlTree } from '#formats/xml/xml-tree.ts';
import { localOf, named, xsdNamespace } from './xsd-parts.ts';
import type { XmlName } from './xsd-parts.ts';

export const wsdlNamespace = 'http://schemas.xmlsoap.org/wsdl/';

/** A part of a message: what it is called, and of which element or type it is. */
export type MessagePart = { readonly name: string; readonly element: XmlName | null; readonly type: XmlName | null };

export type WsdlOperation = {
  /** Null = nothing is sent, or nothing is answered. */
  readonly input: readonly MessagePart[] | null;
  readonly output: readonly MessagePart[] | null;
  readonly faults: ReadonlyMap<string, readonly MessagePart[]>;
};

export type BoundOperation = {
  readonly soapAction: string;
  /** Style, use, headers and the like, as text. */
  readonly manner: string;
};

export type WsdlBinding = {
  /** Version of SOAP, transport and style, as text. */
  readonly manner: string;
  readonly operations: ReadonlyMap<string, BoundOperation>;
};

export type WsdlParts = {
  readonly target: string;
  readonly schemas: readonly XmlTree[];
  /** By the name of the port type, then by that of the operation. */
  readonly portTypes: ReadonlyMap<string, ReadonlyMap<string, WsdlOperation>>;
  readonly bindings: ReadonlyMap<string, WsdlBinding>;
  /** Ports by `Service/Port`: what they are bound by, and the path at which they are reached. */
  readonly ports: ReadonlyMap<string, { readonly binding: string; readonly path: string }>;
};

/** Reads a description. Throws where it is none. */
export const wsdlParts = (root: XmlTree): WsdlParts => {
  if (root.name !== 'definitions' || root.namespace !== wsdlNamespace)
    throw new Error('This is no description of a service (WSDL 1.1).');
  const target = root.attributes.get('targetNamespace') ?? '';
  const messages = new Map(
    of(root, 'message').map((message) => [`{${target}}${nameOf(message)}`, of(message, 'part').map(partOf)]),
  );
  const messageOf = (node: XmlTree | undefined): readonly MessagePart[] | null =>
    node === undefined ? null : (messages.get(named(node, node.attributes.get('message') ?? '')) ?? []);
  return {
    target,
    schemas: of(root, 'types').flatMap(({ children }) =>
      children.filter(({ name, namespace }) => name === 'schema' && namespace === xsdNamespace),
    ),
    portTypes: byName(of(root, 'portType'), (portType) =>
      byName(of(portType, 'operation'), (operation) => ({
        input: messageOf(of(operation, 'input')[0]),
        output: messageOf(of(operation, 'output')[0]),
        faults: byName(of(operation, 'fault'), (fault) => messageOf(fault) ?? []),
      })),
    ),
    bindings: byName(of(root, 'binding'), (binding) => ({
      manner: [named(binding, binding.attributes.get('type') ?? ''), ...foreign(binding).map(mannerOf)].join(' '),
      operations: byName(of(binding, 'operation'), (operation) => ({
        soapAction:
          foreign(operation)
            .find(({ name }) => name === 'operation')
            ?.attributes.get('soapAction') ?? '',
        manner: [
          ...foreign(operation).map((node) => mannerOf(node, ['soapAction'])),
          ...['input', 'output', 'fault'].flatMap((word) =>
            of(operation, word).flatMap((node) =>
              [`${word} ${nameOf(node)}`, ...foreign(node).map(mannerOf)].join(' '),
            ),
          ),
        ].join('; '),
      })),
    })),
    ports: new Map(
      of(root, 'service').flatMap((service) =>
        of(service, 'port').map((port) => [
          `${nameOf(service)}/${nameOf(port)}`,
          {
            binding: localOf(named(port, port.attributes.get('binding') ?? '')),
            path: pathOf(
              foreign(port)
                .find(({ name }) => name === 'address')
                ?.attributes.get('location') ?? '',
            ),
          },
        ]),
      ),
    ),
  };
};

const nameOf = ({ attributes }: XmlTree): string => attributes.get('name') ?? '';

const of = ({ children }: XmlTree, word: string): readonly XmlTree[] =>
  children.filter(({ name, namespace }) => name === word && namespace === wsdlNamespace);

/** What another language says inside of this one: SOAP. */
const foreign = ({ children }: XmlTree): readonly XmlTree[] =>
  children.filter(({ namespace }) => namespace !== wsdlNamespace);

const byName = <T>(nodes: readonly XmlTree[], make: (node: XmlTree) => T): ReadonlyMap<string, T> =>
  new Map(nodes.map((node) => [nameOf(node), make(node)]));

const partOf = (node: XmlTree): MessagePart => {
  const [element, type] = [node.attributes.get('element'), node.attributes.get('type')];
  return {
    name: nameOf(node),
    element: element === undefined ? null : named(node, element),
    type: type === undefined ? null : named(node, type),
  };
};

const mannerOf = (node: XmlTree, without: readonly string[] | number = []): string => {
  const attributes = [...node.attributes]
    .filter(([name]) => typeof without === 'number' || !without.includes(name))
    .map(([name, value]) => `${name}=${name === 'message' ? named(node, value) : value}`)
    .toSorted();
  return `{${node.namespace}}${node.name} ${attributes.join(' ')}`;
};

/** Where it is reached on a host, whichever that is: descriptions of one service are for many hosts. */
const pathOf = (location: string): string => {
  const found = URL.parse(location, 'http://host/');
  return found === null ? location : `${found.pathname}${found.search}`;
};
