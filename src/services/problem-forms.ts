// Problems as services of XML say them: a status over REST, a fault over SOAP. Called for every problem of their routes, also those that the pipeline
// finds. Pure.
import type { ApiRequest, ShownProblem, WrittenProblem } from '#apis/api.ts';
import { escapeText, xmlDeclaration } from '#formats/xml/write-xml.ts';
import { acceptedType } from './accept.ts';
import { httpOf, placesOf, statusOfProblem, statusTable } from './statuses.ts';
import { statusMembers, statusText, withNamespace } from './write-answer.ts';

/** In one text: what it is called, what happened, and which places are at fault. */
const messageOf = ({ problem, title }: ShownProblem): string => {
  const { detail } = problem;
  const places = placesOf(problem)
    .map(({ at, message }) => `${at} ${message}`)
    .join('; ');
  return `${title}: ${detail}${places === '' ? '' : ` ${places}.`}`;
};

/** Over REST. */
export const restProblem =
  (namespace: string) =>
  (shown: ShownProblem, request: ApiRequest): WrittenProblem => {
    const accepted = acceptedType(request.header('accept'), ['application/xml', 'text/xml', 'application/json']);
    const json = accepted === 'application/json';
    const name = statusOfProblem(shown.problem, shown.status);
    const { code } = statusTable[name];
    const text = statusText(json, { code, message: messageOf(shown), reference: request.id });
    const status = httpOf(name, shown.status);
    return json
      ? { bytes: text, type: accepted, status }
      : {
          bytes: xmlDeclaration + withNamespace(text, namespace),
          type: `${accepted ?? 'application/xml'}; charset=utf-8`,
          status,
        };
  };

export type SoapVersion = '1.1' | '1.2';

export const envelopeNamespaces: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
};
export const soapTypes: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'text/xml; charset=utf-8',
  '1.2': 'application/soap+xml; charset=utf-8',
};

/** The version in which a client has asked, by its content type; 1.1 unless it says the other one. */
export const soapVersionOf = (request: Pick<ApiRequest, 'header'>): SoapVersion =>
  /^\s*application\/soap\+xml\b/i.test(request.header('content-type') ?? '') ? '1.2' : '1.1';

export type FaultCode = 'client' | 'server' | 'must-understand' | 'version';

const faultCodes: Readonly<Record<SoapVersion, Readonly<Record<FaultCode, string>>>> = {
  '1.1': { client: 'Client', server: 'Server', 'must-understand': 'MustUnderstand', version: 'VersionMismatch' },
  '1.2': { client: 'Sender', server: 'Receiver', 'must-understand': 'MustUnderstand', version: 'VersionMismatch' },
};

/** What a fault says of itself. */
export type FaultText = {
  readonly code: FaultCode;
  readonly number: number;
  readonly message: string;
  readonly language: 'nb' | 'en';
  readonly reference: string;
};

/** A fault as a whole document. `header` is what stands in the header block of the envelope, or ''. */
export const faultText = (version: SoapVersion, namespace: string, fault: FaultText, header = ''): string => {
  const { code, number, message, language, reference } = fault;
  const name = `soap:${faultCodes[version][code]}`;
  const detail = withNamespace(`<feil>${statusMembers(number, message, reference)}</feil>`, namespace);
  const inner =
    version === '1.1'
      ? `<faultcode>${name}</faultcode><faultstring xml:lang="${language}">${escapeText(message)}</faultstring><detail>${detail}</detail>`
      : `<soap:Code><soap:Value>${name}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang="${language}">${escapeText(message)}</soap:Text></soap:Reason><soap:Detail>${detail}</soap:Detail>`;
  const block = header === '' ? '' : `<soap:Header>${header}</soap:Header>`;
  return `${xmlDeclaration}<soap:Envelope xmlns:soap="${envelopeNamespaces[version]}">${block}<soap:Body><soap:Fault>${inner}</soap:Fault></soap:Body></soap:Envelope>`;
};

/** Over SOAP, in the version of the request. `header` gives what stands in the header block. */
export const soapProblem =
  (namespace: string, header: () => string) =>
  (shown: ShownProblem, request: ApiRequest): WrittenProblem => {
    const version = soapVersionOf(request);
    const { problem, language } = shown;
    const name = statusOfProblem(problem, shown.status);
    const behind = name === 'failed' || name === 'expired';
    const code: FaultCode = behind || problem.code.startsWith('HUB-5') ? 'server' : 'client';
    const text = { code, number: statusTable[name].code, message: messageOf(shown), language, reference: request.id };
    return { bytes: faultText(version, namespace, text, header()), type: soapTypes[version] };
  };
