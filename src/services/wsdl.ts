// The description (WSDL 1.1) of a service at a port: document/literal wrapped, bound to SOAP 1.1 and 1.2 at one address, the schema inside. Called by
// service-parts.ts. Pure.
import { escapeAttribute, escapeText, xmlDeclaration } from '#formats/xml/write-xml.ts';
import type { Text } from '#model/model.ts';
import type { Service, ServiceOperation, SoapPort } from './service.ts';
import { marksOf, reconstructedOf, schemaElement } from './xsd.ts';

/** What the type of a service's ports is called. */
const portTypeOf = ({ name }: Service): string => name.charAt(0).toUpperCase() + name.slice(1);

/** An operation over SOAP by its coordinate, as descriptions are compared and changes announced: `Bas/hentPerson`. */
export const soapCoordinate = (service: Service, operation: string): string => `${portTypeOf(service)}/${operation}`;

/** The description of a service at the address given. */
export const wsdlText = (service: Service, port: SoapPort, address: string): string => {
  const { namespace } = service;
  const operations = service.operations.filter(({ soap }) => soap === true);
  const title = portTypeOf(service);
  const lines = [
    `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" xmlns:tns="${escapeAttribute(namespace)}" name="${title}" targetNamespace="${escapeAttribute(namespace)}">`,
    ...within([
      ...words([service.describe, ...(service.reconstructed === null ? [] : [service.reconstructed])]),
      '<wsdl:types>',
      ...within(schemaElement(service, port)),
      '</wsdl:types>',
      ...operations.flatMap(({ name: operation }) => [
        ...message(`${operation}Request`, operation),
        ...message(`${operation}Response`, `${operation}Response`),
      ]),
      ...message('feil', 'feil'),
      `<wsdl:portType name="${title}">`,
      ...within(operations.flatMap((one) => abstractOperation(one, service))),
      '</wsdl:portType>',
      ...binding('soap', `${title}Soap11`, title, operations, namespace),
      ...binding('soap12', `${title}Soap12`, title, operations, namespace),
      `<wsdl:service name="${title}Service">`,
      ...within([...portLines('soap', `${title}Soap11`, address), ...portLines('soap12', `${title}Soap12`, address)]),
      '</wsdl:service>',
    ]),
    '</wsdl:definitions>',
  ];
  return `${xmlDeclaration}${lines.join('\n')}\n`;
};

type Lines = readonly string[];
const within = (lines: Lines): Lines => lines.map((line) => `  ${line}`);

const words = (texts: readonly Text[]): Lines => [
  `<wsdl:documentation>${escapeText([...texts.map(({ nb }) => nb), ...texts.map(({ en }) => en)].join(' '))}</wsdl:documentation>`,
];

const message = (name: string, element: string): Lines => [
  `<wsdl:message name="${name}">`,
  `  <wsdl:part name="parameters" element="tns:${element}"/>`,
  '</wsdl:message>',
];

const abstractOperation = (operation: ServiceOperation, service: Service): Lines => {
  const { name, summary, describe, contract } = operation;
  return [
    `<wsdl:operation name="${name}">`,
    ...within([
      ...words([summary, describe, ...reconstructedOf(operation, service), ...marksOf(contract)]),
      `<wsdl:input message="tns:${name}Request"/>`,
      `<wsdl:output message="tns:${name}Response"/>`,
      '<wsdl:fault name="feil" message="tns:feil"/>',
    ]),
    '</wsdl:operation>',
  ];
};

const binding = (
  prefix: 'soap' | 'soap12',
  name: string,
  type: string,
  operations: readonly ServiceOperation[],
  namespace: string,
): Lines => [
  `<wsdl:binding name="${name}" type="tns:${type}">`,
  ...within([
    `<${prefix}:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>`,
    ...operations.flatMap(({ name: operation }) => [
      `<wsdl:operation name="${operation}">`,
      `  <${prefix}:operation soapAction="${escapeAttribute(`${namespace}/${operation}`)}" style="document"/>`,
      `  <wsdl:input><${prefix}:body use="literal"/></wsdl:input>`,
      `  <wsdl:output><${prefix}:body use="literal"/></wsdl:output>`,
      `  <wsdl:fault name="feil"><${prefix}:fault name="feil" use="literal"/></wsdl:fault>`,
      '</wsdl:operation>',
    ]),
  ]),
  '</wsdl:binding>',
];

const portLines = (prefix: 'soap' | 'soap12', name: string, address: string): Lines => [
  `<wsdl:port name="${name}" binding="tns:${name}">`,
  `  <${prefix}:address location="${escapeAttribute(address)}"/>`,
  '</wsdl:port>',
];
