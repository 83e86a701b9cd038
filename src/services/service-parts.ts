// A service as parts of an API of the catalogue: its routes over REST and SOAP, its descriptions, and the addresses at which these are open to all. Called by
// the services in src/apis/. Knows no operation.
import { openGet, type Api, type ApiRequest, type Route } from '#apis/api.ts';
import { tagOf, textAnswer, type TaggedText } from '#apis/page-files.ts';
import { problem } from '#base/errors.ts';
import { serviceOpenApi } from './openapi.ts';
import { soapProblem } from './problem-forms.ts';
import { restRoutes } from './rest.ts';
import type { Service, ServiceDeps, SoapPort } from './service.ts';
import { soapRoutes } from './soap.ts';
import { wsdlText } from './wsdl.ts';
import { requestSchema, serviceSchema } from './xsd.ts';

/** What an API of a service is made of. Throws at start when operations contradict each other. */
export const serviceParts = (service: Service, deps: ServiceDeps): Pick<Api, 'routes' | 'describe'> => {
  const { prefix, ports } = service;
  const described = describedOf(service);
  return {
    routes: [
      ...restRoutes(service, deps),
      ...(prefix === null ? [] : described.map((one) => documentRoute(`${prefix}${one.path}`, one, deps))),
      ...ports.flatMap((port) => [
        ...soapRoutes(service, port, deps),
        descriptionRoute(service, port, deps),
        ...describedAt(service, port).map((one) => documentRoute(`${port.path}${one.path}`, one, deps)),
      ]),
    ],
    describe: () =>
      [...described, ...ports.flatMap((port) => describedAt(service, port))].map(({ name, type, text }) => ({
        name: `${service.id}/${name}`,
        type,
        text: text('https://hub.example'),
      })),
  };
};

type Described = {
  /** Below the prefix, or the address of the port. */
  readonly path: string;
  readonly name: string;
  readonly type: string;
  readonly text: (server: string) => string;
};

const schemaType = 'application/xml';

/** A schema, made at start: what contradicts itself stops the hub and not a client. */
const schemaAt = (file: string, text: string): Described => ({
  path: `/schema/${file}`,
  name: file,
  type: schemaType,
  text: () => text,
});

/** What tells of a service over REST. */
const describedOf = (service: Service): readonly Described[] => {
  const { name, prefix, operations } = service;
  if (prefix === null) return [];
  return [
    {
      path: '/openapi.json',
      name: 'openapi.json',
      type: 'application/json',
      text: (server) => `${JSON.stringify(serviceOpenApi(service, server), null, 1)}\n`,
    },
    schemaAt(`${name}.xsd`, serviceSchema(service, null)),
    ...operations
      .filter(({ body, rest }) => body !== undefined && rest !== undefined)
      .map((operation) => schemaAt(`${operation.name}.xsd`, requestSchema(service, operation))),
  ];
};

/** Made once for each address that the hub has had. */
const keeping = (type: string, text: (server: string) => string): ((server: string) => TaggedText) => {
  let made: { readonly server: string; readonly document: TaggedText } | null = null;
  return (server) => {
    if (made?.server !== server) {
      const written = text(server);
      made = { server, document: { text: written, type, etag: tagOf(Buffer.from(written)) } };
    }
    return made.document;
  };
};

const documentRoute = (path: string, { type, text }: Described, { baseUrl }: ServiceDeps): Route => {
  const known = keeping(type, text);
  return { ...openGet, path, closedToNationalIds: true, handle: (request) => textAnswer(request, known(baseUrl())) };
};

const fileOf = ({ name }: Service, { answers }: SoapPort): string => (answers === 'text' ? `${name}-text` : name);

/** What tells of a service at a port; also at addresses of its own, where a catalogue can point. */
const describedAt = (service: Service, port: SoapPort): readonly Described[] => {
  const file = fileOf(service, port);
  const schema = serviceSchema(service, port);
  return [
    {
      path: `/${file}.wsdl`,
      name: `${file}.wsdl`,
      type: 'application/wsdl+xml',
      text: (server) => wsdlText(service, port, `${server}${port.path}`),
    },
    { path: `/${file}.xsd`, name: `${file}-soap.xsd`, type: schemaType, text: () => schema },
  ];
};

/** `?wsdl` and `?xsd=<name>`, open to all, at the address where the service is called. */
const descriptionRoute = (service: Service, port: SoapPort, { baseUrl }: ServiceDeps): Route => {
  const wsdl = keeping('text/xml; charset=utf-8', (server) => wsdlText(service, port, `${server}${port.path}`));
  const xsd = keeping('text/xml; charset=utf-8', () => serviceSchema(service, port));
  const asked = ({ query }: ApiRequest): 'wsdl' | 'xsd' | null => {
    const [only, more] = [...query];
    if (only === undefined || more !== undefined) return null;
    const [name, value] = only;
    if (name.toLowerCase() === 'wsdl' && value === '') return 'wsdl';
    return name.toLowerCase() === 'xsd' && (value === '' || value === service.name) ? 'xsd' : null;
  };
  return {
    ...openGet,
    path: port.path,
    closedToNationalIds: true,
    problems: soapProblem(service.namespace, () => ''),
    handle: (request) => {
      const wanted = asked(request);
      if (wanted === null)
        return {
          kind: 'problem',
          problem: problem('HUB-105', 'Call operations by POST; ?wsdl and ?xsd tell of them.'),
        };
      return textAnswer(request, (wanted === 'wsdl' ? wsdl : xsd)(baseUrl()));
    },
  };
};
