// The operations of a service over SOAP: reads the envelope, finds the operation of what stands in it, and writes the answer into one. 1.1, and 1.2 where the
// client asks in it. Called by service-parts.ts. Knows no operation. Attachments, encoded calls and headers that have to be understood are refused.
import { problem, type Problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { ApiAnswer, ApiRequest, Route } from '#apis/api.ts';
import { callerHere } from '#apis/client-scope.ts';
import { readDocument } from '#formats/xml/read-document.ts';
import type { XmlElement } from '#formats/xml/read-xml.ts';
import { element, escapeText, xmlDeclaration } from '#formats/xml/write-xml.ts';
import { XmlFault } from '#formats/xml/xml-fault.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import { clientScope } from '#model/openapi.ts';
import { readParameters } from './parameters.ts';
import { envelopeNamespaces, faultText, soapProblem, soapTypes, soapVersionOf } from './problem-forms.ts';
import type { FaultCode, SoapVersion } from './problem-forms.ts';
import { readElement } from './read-element.ts';
import { bodyLimitOf, longestText } from './rest.ts';
import type {
  EndingOfPart,
  Handled,
  ReadElement,
  Service,
  ServiceDeps,
  ServiceOperation,
  SoapPort,
} from './service.ts';
import { statusTable } from './statuses.ts';
import { soapCoordinate } from './wsdl.ts';
import { answerOfPieces, doneText, piecesOf, withNamespace, xmlAround } from './write-answer.ts';

/** The namespace of the header block that tells of parts that will go. */
export const endingsNamespace = 'urn:bindeledd:contract';

/** The route of a port; none below it. */
export const soapRoutes = (service: Service, port: SoapPort, deps: ServiceDeps): readonly Route[] => {
  const operations = new Map(
    service.operations.flatMap((one) => (one.soap === true ? [[one.name, one] as const] : [])),
  );
  const header = (uses: readonly string[]): string => endingsBlock(deps.endingOf(service.id, uses));
  const serving: Serving = { service, port, deps, operations, header };
  const problems = soapProblem(service.namespace, () => header([]));
  return [
    {
      methods: ['POST'],
      path: port.path,
      access: 'client',
      scopes: [clientScope],
      basic: true,
      quota: true,
      body: 'text',
      bodyLimit: Math.max(...[...operations.values()].map(bodyLimitOf)),
      // Whatever a client may call an operation that there is none of is no part of anything.
      part: (request) => {
        const name = actionOf(request, service)?.operation;
        return name !== undefined && operations.has(name) ? soapCoordinate(service, name) : null;
      },
      problems,
      handle: (request) => answer(serving, request),
    },
  ];
};

type Serving = {
  readonly service: Service;
  readonly port: SoapPort;
  readonly deps: ServiceDeps;
  readonly operations: ReadonlyMap<string, ServiceOperation>;
  readonly header: (uses: readonly string[]) => string;
};

const endingsBlock = (endings: readonly EndingOfPart[]): string => {
  if (endings.length === 0) return '';
  const each = endings.map(
    ({ coordinate, announced, earliestRemoval, replacement, message }) =>
      `<deprecation>${element('coordinate', coordinate)}${element('announced', announced)}${element('earliestRemoval', earliestRemoval)}${replacement === null ? '' : element('replacement', replacement)}${element('message', message)}</deprecation>`,
  );
  return `<deprecations xmlns="${endingsNamespace}" soap:mustUnderstand="0">${each.join('')}</deprecations>`;
};

/** What the header (1.1) or the content type (1.2) says is called: the operation, '' for something else; null where nothing is said. */
const actionOf = (
  request: Pick<ApiRequest, 'header'>,
  { namespace }: Service,
): { readonly operation: string } | null => {
  const said =
    soapVersionOf(request) === '1.1'
      ? request.header('soapaction')
      : (/;\s*action\s*=\s*("[^"]*"|[^\s;]+)/i.exec(request.header('content-type') ?? '')?.[1] ?? null);
  const action = said?.trim().replace(/^"(.*)"$/, '$1') ?? '';
  if (action === '') return null;
  return { operation: action.startsWith(`${namespace}/`) ? action.slice(namespace.length + 1) : '' };
};

/** A fault that is about the envelope. */
type Wrong = { readonly code: FaultCode; readonly message: string };
const wrong = (message: string, code: FaultCode = 'client'): Wrong => ({ code, message });

/** What is asked: the operation, and the element of it. */
type Asked = { readonly operation: ServiceOperation; readonly element: XmlElement };

const answer = async (serving: Serving, request: ApiRequest): Promise<ApiAnswer> => {
  const { service, deps } = serving;
  const { principal } = request;
  if (principal === null) return refused(problem('HUB-300', 'A token or a user is needed.'), null);
  if (deps.offered !== undefined && !(await deps.offered(principal)))
    return refused(problem('HUB-204', 'There is nothing at this address.'), null);

  const type = (request.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== 'text/xml' && type !== 'application/soap+xml') {
    const attached = type.startsWith('multipart/') ? ' Attachments are not taken.' : '';
    return refused(problem('HUB-104', `Content-Type must be text/xml or application/soap+xml.${attached}`), null);
  }
  const version = soapVersionOf(request);
  const textLength = Math.max(...[...serving.operations.values()].map(longestText));
  const document = await readDocument(request.text, { prefixed: true, textLength });
  if (document instanceof XmlFault) {
    const said = `The envelope cannot be read, on line ${document.line}: ${document.message}`;
    return refused(problem('HUB-100', said), version);
  }
  const asked = askedFor(serving, document, version, actionOf(request, service));
  if ('message' in asked) return faulty(serving, request, version, asked);
  const { operation } = asked;
  if (Buffer.byteLength(request.text) > bodyLimitOf(operation))
    return refused(problem('HUB-102', `The body is larger than ${bodyLimitOf(operation)} bytes.`), null);

  const read = readCall(operation, asked.element, service.namespace);
  if (!read.ok) return refused(read.problem, version);
  const handled = await operation.handle({
    request,
    principal,
    context: { principal: callerHere(principal), requestId: request.id, api: service.id, signal: request.signal },
    via: 'soap',
    ...read.value,
    type: 'application/xml',
    notation: xmlNotation,
  });
  if (handled.kind === 'problem')
    return { kind: 'problem', problem: handled.problem, status: statusOfFault(version, handled.problem) };
  return answerOfPieces(envelope(serving, operation, handled, version), {
    status: 200,
    headers: {},
    type: soapTypes[version],
  });
};

/** Faults of the house are 500; over 1.2 those of the sender are 400. What is temporary keeps its own status, so that proxies know. */
const statusOfFault = (version: SoapVersion, { code }: Problem): number =>
  code === 'HUB-501' || code === 'HUB-502' || code === 'HUB-503' || code === 'HUB-504'
    ? 503
    : version === '1.2' && !code.startsWith('HUB-5')
      ? 400
      : 500;

/** Before the hub was asked. No version: HTTP says it, whatever stood in the envelope. */
const refused = (value: Problem, version: SoapVersion | null): ApiAnswer => ({
  kind: 'problem',
  problem: value,
  unrecorded: true,
  ...(version === null ? {} : { status: statusOfFault(version, value) }),
});

const faulty = (
  { service, header }: Serving,
  request: ApiRequest,
  version: SoapVersion,
  { code, message }: Wrong,
): ApiAnswer => {
  const number = statusTable.unread.code;
  const text = { code, number, message, language: 'en' as const, reference: request.id };
  return {
    kind: 'bytes',
    status: version === '1.2' && code === 'client' ? 400 : 500,
    bytes: faultText(version, service.namespace, text, header([])),
    type: soapTypes[version],
  };
};

const askedFor = (
  { operations, service }: Serving,
  root: XmlElement,
  version: SoapVersion,
  action: { readonly operation: string } | null,
): Asked | Wrong => {
  const space = envelopeNamespaces[version];
  if (root.name !== 'Envelope') return wrong('The document is no envelope of SOAP.');
  if (root.namespace !== space)
    return wrong(`The envelope is not of the version that Content-Type says, which is ${version}.`, 'version');
  const [first] = root.children;
  const headers = first?.name === 'Header' && first.namespace === space ? first.children : [];
  const rest = headers === first?.children ? root.children.slice(1) : root.children;
  const bodies = rest.filter(({ name, namespace }) => name === 'Body' && namespace === space);
  const [body] = bodies;
  if (body === undefined) return wrong('The envelope has no body.');
  if (bodies.length > 1) return wrong('The envelope has more than one body.');
  if (rest.length > 1) return wrong('The envelope holds something beside its header and its body.');
  if (headers.some((one) => hasToBeUnderstood(one, space)))
    return wrong('A header has to be understood that is not known here.', 'must-understand');
  const [called] = body.children;
  if (called === undefined) return wrong('The body is empty.');
  if (body.children.length > 1) return wrong('The body holds more than one element.');
  if (called.namespace !== service.namespace)
    return wrong(`The element of the body must be of the namespace ${service.namespace}.`);
  const operation = operations.get(called.name);
  if (operation === undefined) return wrong('The service has no operation of the name in the body.');
  if (action !== null && action.operation !== operation.name)
    return wrong('The action names another operation than the body.');
  return { operation, element: called };
};

const nextActors = new Set([
  '',
  'http://schemas.xmlsoap.org/soap/actor/next',
  'http://www.w3.org/2003/05/soap-envelope/role/next',
  'http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver',
]);

const hasToBeUnderstood = ({ attributes }: XmlElement, space: string): boolean => {
  const must = attributes[`{${space}}mustUnderstand`]?.trim();
  const actor = attributes[`{${space}}actor`] ?? attributes[`{${space}}role`] ?? '';
  return (must === '1' || must === 'true') && nextActors.has(actor.trim());
};

/** Parameters first, then the element of the body. */
const readCall = (
  operation: ServiceOperation,
  { children, text }: XmlElement,
  namespace: string,
): Result<{ readonly values: Readonly<Record<string, string>>; readonly body: ReadElement | null }> => {
  const { body } = operation;
  if (text.trim() !== '') return failed(problem('HUB-100', 'The element of the operation holds text.'));
  if (children.some((one) => one.namespace !== namespace))
    return failed(problem('HUB-100', `Elements must be of the namespace ${namespace}.`));
  const bodies = children.filter(({ name }) => name === body?.name);
  const given = children.filter(({ name }) => name !== body?.name);
  const nested = given.find((one) => one.children.length > 0);
  if (nested !== undefined)
    return failed(problem('HUB-100', 'A parameter holds elements, or the operation takes no such element.'));
  const values = readParameters(
    operation,
    given.map((one) => [one.name, one.text] as const),
  );
  if (!values.ok) return values;
  if (body === undefined) return ok({ values: values.value, body: null });
  const [only] = bodies;
  if (only === undefined || bodies.length > 1)
    return failed(problem('HUB-100', `The operation takes one element ${body.name}.`));
  const read = readElement(body, only, { namespace, unqualifiedToo: false });
  if (!read.ok) return read;
  return ok({ values: values.value, body: typeof read.value === 'string' ? { '#': read.value } : read.value });
};

/** The envelope of an answer, piece by piece. */
async function* envelope(
  { service, port, header }: Serving,
  operation: ServiceOperation,
  handled: Exclude<Handled, { readonly kind: 'problem' }>,
  version: SoapVersion,
): AsyncGenerator<string, void> {
  const block = header([soapCoordinate(service, operation.name)]);
  const name = `${operation.name}Response`;
  yield `${xmlDeclaration}<soap:Envelope xmlns:soap="${envelopeNamespaces[version]}">${block === '' ? '' : `<soap:Header>${block}</soap:Header>`}<soap:Body>`;
  yield withNamespace(`<${name}>`, service.namespace);
  if (port.answers === 'nested') yield* documentOf(operation, handled, null);
  else {
    yield `<${operation.name}Return>`;
    for await (const piece of documentOf(operation, handled, service.namespace)) yield escapeText(piece);
    yield `</${operation.name}Return>`;
  }
  yield `</${name}></soap:Body></soap:Envelope>`;
}

/** The answer element. A namespace of null: it stands in an element that has given it. */
async function* documentOf(
  { answer: form }: ServiceOperation,
  handled: Exclude<Handled, { readonly kind: 'problem' }>,
  namespace: string | null,
): AsyncGenerator<string, void> {
  const whole = (text: string): string => (namespace === null ? text : withNamespace(text, namespace));
  if (handled.kind === 'done') yield whole(doneText(false, handled));
  else if (handled.kind === 'one') yield whole(handled.text);
  else if (form.kind === 'rows') yield* piecesOf(xmlAround(form, handled.more?.attributes, namespace), handled.rows);
  else throw new Error(`The operation does not answer with rows.`);
}
