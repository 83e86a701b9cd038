// Two texts of one description of XML, a schema (XSD 1.0) or a service (WSDL 1.1), and what the step from one to the other is to clients, whose programs are
// made of the description and hold what they get against it (facts 7.5). Called by the gate. Knows no dates and no announcements.
import { xmlTree } from '#formats/xml/xml-tree.ts';
import type { ChangeKind } from '../contract.ts';
import type { Differ } from './finding.ts';
import { wsdlNamespace, wsdlParts } from './wsdl-parts.ts';
import type { MessagePart, WsdlOperation, WsdlParts } from './wsdl-parts.ts';
import { xsdDifferences } from './xsd-differences.ts';
import type { XmlJudgement, XmlStart, XmlWay } from './xsd-differences.ts';
import { localOf, xsdParts } from './xsd-parts.ts';
import type { XsdParts } from './xsd-parts.ts';

/** Differences between two texts of a description. Throws where one is not well-formed, is of neither kind, or where they are of two kinds. */
export const xmlDifferences: Differ = (before, after, { api, artefact }) => {
  const [was, is] = [xmlTree(before), xmlTree(after)];
  const found =
    was.namespace === wsdlNamespace
      ? serviceDifferences(wsdlParts(was), wsdlParts(is))
      : schemaDifferences(xsdParts([was]), xsdParts([is]));
  return strictest(found).map((one) => ({ api, ...one, artefact }));
};

const ranks: Readonly<Record<ChangeKind, number>> = { compatible: 0, dangerous: 1, breaking: 2 };

/** The same part may be sent and read: what it is to whom it hits hardest. */
const strictest = (found: readonly XmlJudgement[]): readonly XmlJudgement[] => {
  const kept = new Map<string, XmlJudgement>();
  for (const one of found) {
    const key = `${one.coordinate} ${several.has(one.rule) ? `${one.rule} ${one.text}` : (alike[one.rule] ?? one.rule)}`;
    const before = kept.get(key);
    if (before === undefined || ranks[one.kind] > ranks[before.kind]) kept.set(key, one);
  }
  return [...kept.values()];
};

/** Rules that one coordinate may break more than once. */
const several: ReadonlySet<string> = new Set([
  'value-added',
  'value-removed',
  'type-narrowed',
  'type-widened',
  'message-changed',
  'fault-added',
  'fault-removed',
  'fault-detail-changed',
]);

/** Two words for one thing, by who writes it. */
const alike: Readonly<Record<string, string>> = {
  'element-required': 'element-added',
  'attribute-required': 'attribute-added',
};

/** A schema by itself does not say who writes what it describes, so both may. */
const schemaDifferences = (was: XsdParts, is: XsdParts): readonly XmlJudgement[] => {
  const start: XmlStart = {
    elements: [...was.elements.keys()],
    types: [...was.types.keys()].filter((name) => !name.startsWith('@')),
  };
  const ways: readonly XmlWay[] = ['request', 'response'];
  const known = new Set([...was.elements.keys()].map(localOf));
  return [
    ...namespaces([...was.targets], [...is.targets]),
    ...ways.flatMap((way) => xsdDifferences(was, is, way, start)),
    ...[...is.elements.keys()]
      .map(localOf)
      .filter((name) => !known.has(name))
      .map((name) => judged(name, 'compatible', 'document-added', 'A new kind of document.')),
  ];
};

const judged = (coordinate: string, kind: ChangeKind, rule: string, text: string): XmlJudgement => ({
  coordinate,
  kind,
  rule,
  text,
});

const namespaces = (was: readonly string[], is: readonly string[]): readonly XmlJudgement[] => {
  const gone = was.filter((one) => !is.includes(one));
  return gone.map((one) =>
    judged(
      '*',
      'breaking',
      'namespace-changed',
      `What was in the namespace ${one || 'without a name'} is not in it any more.`,
    ),
  );
};

// --- Services -----------------------------------------------------------------------------------------------------------------

const serviceDifferences = (was: WsdlParts, is: WsdlParts): readonly XmlJudgement[] => [
  ...namespaces(
    [...new Set([was.target, ...was.schemas.map(targetOf)])],
    [...new Set([is.target, ...is.schemas.map(targetOf)])],
  ),
  ...[...was.portTypes].flatMap(([name, operations]) => {
    const now = is.portTypes.get(name);
    return now === undefined
      ? [judged(name, 'breaking', 'port-type-removed', 'The port type is gone, and its operations with it.')]
      : operationDifferences(name, operations, now);
  }),
  ...bindingDifferences(was, is),
  ...portDifferences(was, is),
  ...messageDifferences(was, is),
];

const targetOf = ({ attributes }: WsdlParts['schemas'][number]): string => attributes.get('targetNamespace') ?? '';

type Operations = ReadonlyMap<string, WsdlOperation>;

const operationDifferences = (portType: string, was: Operations, is: Operations): readonly XmlJudgement[] => [
  ...[...was].flatMap(([name, operation]) => {
    const at = `${portType}/${name}`;
    const now = is.get(name);
    if (now === undefined) return [judged(at, 'breaking', 'operation-removed', 'The operation is gone.')];
    return [
      ...partDifferences(at, 'sent', operation.input, now.input),
      ...partDifferences(at, 'answered', operation.output, now.output),
      ...faultDifferences(at, operation.faults, now.faults),
    ];
  }),
  ...[...is.keys()]
    .filter((name) => !was.has(name))
    .map((name) =>
      judged(
        `${portType}/${name}`,
        'dangerous',
        'operation-added',
        'A new operation in a port type that clients have made programs of; in a file of its own it would hit nobody.',
      ),
    ),
];

const partDifferences = (
  at: string,
  word: string,
  was: readonly MessagePart[] | null,
  is: readonly MessagePart[] | null,
): readonly XmlJudgement[] => {
  const [before, now] = [was, is].map(partsText);
  return before === now
    ? []
    : [judged(at, 'breaking', 'message-changed', `What is ${word} was ${before ?? ''} and is ${now ?? ''}.`)];
};

const partsText = (parts: readonly MessagePart[] | null): string =>
  parts === null
    ? 'nothing'
    : `(${parts.map(({ name, element, type }) => `${name}: ${localOf(element ?? type ?? '')}`).join(', ')})`;

type Faults = WsdlOperation['faults'];

const faultDifferences = (at: string, was: Faults, is: Faults): readonly XmlJudgement[] => [
  ...[...was].flatMap(([name, parts]) => {
    const now = is.get(name);
    if (now === undefined) return [judged(at, 'breaking', 'fault-removed', `The fault ${name} is not told any more.`)];
    return partsText(parts) === partsText(now)
      ? []
      : [
          judged(
            at,
            'breaking',
            'fault-detail-changed',
            `The fault ${name} told ${partsText(parts)} and tells ${partsText(now)}.`,
          ),
        ];
  }),
  ...[...is.keys()]
    .filter((name) => !was.has(name))
    .map((name) => judged(at, 'dangerous', 'fault-added', `A new fault, ${name}.`)),
];

const bindingDifferences = (was: WsdlParts, is: WsdlParts): readonly XmlJudgement[] =>
  [...was.bindings].flatMap(([name, binding]) => {
    const now = is.bindings.get(name);
    if (now === undefined) return [judged(name, 'breaking', 'binding-removed', 'The binding is gone.')];
    return [
      ...(withoutTarget(binding.manner, was) === withoutTarget(now.manner, is)
        ? []
        : [judged(name, 'breaking', 'binding-changed', 'Style, transport, or the version of SOAP has changed.')]),
      ...[...binding.operations].flatMap(([operation, bound]) => {
        const other = now.operations.get(operation);
        const at = `${name}/${operation}`;
        if (other === undefined)
          return hasOperation(is, operation)
            ? [judged(at, 'breaking', 'operation-removed', 'Is not bound any more.')]
            : [];
        return [
          ...(bound.soapAction === other.soapAction
            ? []
            : [
                judged(
                  at,
                  'breaking',
                  'soap-action-changed',
                  `Was "${bound.soapAction}" and is "${other.soapAction}".`,
                ),
              ]),
          ...(withoutTarget(bound.manner, was) === withoutTarget(other.manner, is)
            ? []
            : [judged(at, 'breaking', 'binding-changed', 'Style, use, headers or faults are bound in another way.')]),
        ];
      }),
    ];
  });

const withoutTarget = (text: string, { target }: WsdlParts): string => text.replaceAll(`{${target}}`, '{}');

const hasOperation = ({ portTypes }: WsdlParts, name: string): boolean =>
  [...portTypes.values()].some((operations) => operations.has(name));

const portDifferences = (was: WsdlParts, is: WsdlParts): readonly XmlJudgement[] => [
  ...[...was.ports].flatMap(([name, port]) => {
    const now = is.ports.get(name);
    if (now === undefined) return [judged(name, 'breaking', 'port-removed', 'The port is gone.')];
    return [
      ...(port.path === now.path
        ? []
        : [judged(name, 'breaking', 'endpoint-changed', `Was reached at ${port.path} and is at ${now.path}.`)]),
      ...(port.binding === now.binding
        ? []
        : [judged(name, 'breaking', 'binding-changed', `Was bound by ${port.binding} and is by ${now.binding}.`)]),
    ];
  }),
  ...[...is.ports.keys()]
    .filter((name) => !was.ports.has(name))
    .map((name) => judged(name, 'compatible', 'port-added', 'A new port.')),
];

/** What the messages of operations that stay are made of, by who writes it. */
const messageDifferences = (was: WsdlParts, is: WsdlParts): readonly XmlJudgement[] => {
  const [before, after] = [xsdParts(was.schemas), xsdParts(is.schemas)];
  const ways = { request: new Set<MessagePart>(), response: new Set<MessagePart>() };
  for (const [portType, operations] of was.portTypes)
    for (const [name, { input, output, faults }] of operations) {
      if (is.portTypes.get(portType)?.has(name) !== true) continue;
      for (const part of input ?? []) ways.request.add(part);
      for (const part of [...(output ?? []), ...[...faults.values()].flat()]) ways.response.add(part);
    }
  return (['request', 'response'] as const).flatMap((way) =>
    xsdDifferences(before, after, way, {
      elements: [...new Set([...ways[way]].flatMap(({ element }) => element ?? []))],
      types: [...new Set([...ways[way]].flatMap(({ type }) => type ?? []))],
    }),
  );
};
