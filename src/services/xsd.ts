// The schema (XSD 1.0) of a service, made of its operations: what validates every answer and every body. Called by service-parts.ts and wsdl.ts. Pure.
import { escapeAttribute, escapeText, xmlDeclaration } from '#formats/xml/write-xml.ts';
import type { Text } from '#model/model.ts';
import { elementOfAnswer, faultForm, statusForm } from './answer-forms.ts';
import type {
  AttributeForm,
  ElementForm,
  Service,
  ServiceOperation,
  SoapPort,
  ValueForm,
  ValueType,
} from './service.ts';

const builtIn: Readonly<Record<ValueType, string>> = {
  string: 'xs:string',
  integer: 'xs:integer',
  decimal: 'xs:decimal',
  boolean: 'xs:boolean',
  day: 'xs:date',
  instant: 'xs:dateTime',
  flag: 'xs:string',
  base64: 'xs:base64Binary',
};

type Lines = readonly string[];
const within = (lines: Lines): Lines => lines.map((line) => `  ${line}`);

/** The schema of a service's answers, and over a port of SOAP of what is sent as well. `port` null = over REST. */
export const serviceSchema = (service: Service, port: SoapPort | null): string =>
  `${xmlDeclaration}${schemaElement(service, port).join('\n')}\n`;

/** The schema of what is sent to an operation over REST. */
export const requestSchema = (service: Service, operation: ServiceOperation): string => {
  const body = operation.body === undefined ? [] : elementLines(operation.body, null);
  const about = documentation([operation.summary, ...reconstructedOf(operation, service)]);
  return `${xmlDeclaration}${schemaOf(service, [...about, ...body]).join('\n')}\n`;
};

/** The element `xs:schema` with its content, line by line. */
export const schemaElement = (service: Service, port: SoapPort | null): Lines => {
  const globals = new Map<string, ElementForm>();
  const add = (form: ElementForm): void => {
    const known = globals.get(form.name);
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(form))
      throw new Error(`Two answers of ${service.id} are called ${form.name} and are not the same.`);
    globals.set(form.name, form);
  };
  const operations = service.operations.filter((one) => (port === null ? one.rest !== undefined : one.soap === true));
  for (const { answer } of operations) add(elementOfAnswer(answer));
  if (port === null) add(statusForm);
  else add(faultForm);
  const wrappers = port === null ? [] : operations.flatMap((one) => wrapperLines(one, service, port));
  return schemaOf(service, [
    ...documentation([service.describe, ...(service.reconstructed === null ? [] : [service.reconstructed])]),
    ...[...globals.values()].flatMap((form) => elementLines(form, null)),
    ...wrappers,
  ]);
};

const schemaOf = ({ namespace, version }: Service, content: Lines): Lines => [
  `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:tns="${escapeAttribute(namespace)}" targetNamespace="${escapeAttribute(namespace)}" elementFormDefault="qualified" version="${escapeAttribute(version)}">`,
  ...within(content),
  '</xs:schema>',
];

/** What is called over SOAP and what answers it: elements with the name of the operation. */
const wrapperLines = (operation: ServiceOperation, service: Service, { answers }: SoapPort): Lines => {
  const { name, parameters, body, answer, summary, contract } = operation;
  const given = parameters.map(
    ({ name: parameter, describe, required, nationalId: _nationalId, ...content }): ElementForm => ({
      name: parameter,
      describe,
      ...(required === true ? { required } : {}),
      content,
    }),
  );
  const members = [...given, ...(body === undefined ? [] : [{ ...body, required: true as const }])];
  const about: Texts = [summary, ...reconstructedOf(operation, service), ...marksOf(contract)];
  const answered: Lines =
    answers === 'text'
      ? [`<xs:element name="${name}Return" type="xs:string"/>`]
      : [`<xs:element ref="tns:${elementOfAnswer(answer).name}"/>`];
  return [
    `<xs:element name="${name}">`,
    ...within([...documentation(about), '<xs:complexType>', ...within(sequence(members)), '</xs:complexType>']),
    '</xs:element>',
    `<xs:element name="${name}Response">`,
    ...within([
      '<xs:complexType>',
      ...within(['<xs:sequence>', ...within(answered), '</xs:sequence>']),
      '</xs:complexType>',
    ]),
    '</xs:element>',
  ];
};

type Texts = readonly Text[];

/** In words, where an operation is reconstructed. */
export const reconstructedOf = (operation: ServiceOperation, { reconstructed }: Service): Texts =>
  operation.reconstructed !== true
    ? []
    : [
        reconstructed ?? {
          nb: 'Rekonstruert: formen er ikke offentlig.',
          en: 'Reconstructed: the form is not public.',
        },
      ];

/** In words, where a part is offered otherwise than the whole. */
export const marksOf = (contract: string | undefined): Texts =>
  contract === undefined ? [] : [{ nb: `Tilbys som: ${contract}.`, en: `Offered as: ${contract}.` }];

/** Texts as documentation in both languages; none where there is nothing to say. */
export const documentation = (texts: Texts, prefix = 'xs'): Lines =>
  texts.length === 0
    ? []
    : [
        `<${prefix}:annotation>`,
        ...within(
          (['nb', 'en'] as const).map(
            (language) =>
              `<${prefix}:documentation xml:lang="${language}">${escapeText(texts.map((text) => text[language]).join(' '))}</${prefix}:documentation>`,
          ),
        ),
        `</${prefix}:annotation>`,
      ];

const sequence = (members: readonly ElementForm[], choice: readonly ElementForm[] = [], orEmpty = false): Lines => [
  orEmpty ? '<xs:sequence minOccurs="0">' : '<xs:sequence>',
  ...within([
    ...(choice.length === 0
      ? []
      : ['<xs:choice>', ...within(choice.flatMap((one) => elementLines(one, ''))), '</xs:choice>']),
    ...members.flatMap((one) => elementLines(one, occurs(one))),
  ]),
  '</xs:sequence>',
];

const occurs = ({ required, most }: ElementForm): string =>
  `${required === true ? '' : ' minOccurs="0"'}${most === undefined ? '' : ` maxOccurs="${most ?? 'unbounded'}"`}`;

/** `times` null = global: it stands once. */
const elementLines = (form: ElementForm, times: string | null): Lines => {
  const start = `<xs:element name="${form.name}"`;
  const about = documentation([...(form.describe === undefined ? [] : [form.describe]), ...marksOf(form.contract)]);
  const often = times ?? '';
  if ('content' in form && form.attributes === undefined) {
    const simple = simpleType(form.content, form.emptyClears === true);
    if (simple.lines === null && about.length === 0) return [`${start} type="${simple.base}"${often}/>`];
    return simple.lines === null
      ? [`${start} type="${simple.base}"${often}>`, ...within(about), '</xs:element>']
      : [`${start}${often}>`, ...within([...about, ...simple.lines]), '</xs:element>'];
  }
  const attributes = (form.attributes ?? []).flatMap(attributeLines);
  const content: Lines =
    'content' in form
      ? [
          '<xs:simpleContent>',
          ...within([`<xs:extension base="${builtIn[form.content.type]}">`, ...within(attributes), '</xs:extension>']),
          '</xs:simpleContent>',
        ]
      : [
          ...sequence(
            'members' in form ? (form.members ?? []) : [],
            'choice' in form ? form.choice : [],
            form.emptyClears === true,
          ),
          ...attributes,
        ];
  return [
    `${start}${often}>`,
    ...within([...about, '<xs:complexType>', ...within(content), '</xs:complexType>']),
    '</xs:element>',
  ];
};

const attributeLines = (form: AttributeForm): Lines => {
  const start = `<xs:attribute name="${form.name}"${form.required === true ? ' use="required"' : ''}`;
  const simple = simpleType(form);
  const about = documentation(form.describe === undefined ? [] : [form.describe]);
  if (simple.lines === null && about.length === 0) return [`${start} type="${simple.base}"/>`];
  return simple.lines === null
    ? [`${start} type="${simple.base}">`, ...within(about), '</xs:attribute>']
    : [`${start}>`, ...within([...about, ...simple.lines]), '</xs:attribute>'];
};

const facet = (name: string, value: string | number | undefined): Lines =>
  value === undefined ? [] : [`<xs:${name} value="${escapeAttribute(String(value))}"/>`];

/** A type of its own, where something narrows it. */
const simpleType = (form: ValueForm, orEmpty = false): { readonly base: string; readonly lines: Lines | null } => {
  const base = builtIn[form.type];
  const values = form.type === 'flag' ? ['J', 'N'] : (form.values ?? []);
  const facets = [
    ...values.flatMap((value) => facet('enumeration', value)),
    ...facet('pattern', orEmpty && form.pattern !== undefined ? `(${form.pattern})?` : form.pattern),
    ...(form.type === 'string' ? [...facet('minLength', form.minLength), ...facet('maxLength', form.maxLength)] : []),
    ...facet('minInclusive', form.minimum),
    ...facet('maxInclusive', form.maximum),
  ];
  if (facets.length === 0) return { base, lines: null };
  return {
    base,
    lines: [
      '<xs:simpleType>',
      ...within([`<xs:restriction base="${base}">`, ...within(facets), '</xs:restriction>']),
      '</xs:simpleType>',
    ],
  };
};
