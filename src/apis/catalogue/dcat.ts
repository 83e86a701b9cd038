// The catalogue in the words of DCAT-AP-NO, for national catalogues that harvest descriptions. Called by catalogue-api.ts. APIs that cannot be called have no address
// and so are left out. Pure.
import type { CatalogueApi, CatalogueDocument, Contact, Owner } from '#catalogue/catalogue.ts';
import type { Status, Words } from '#catalogue/contract.ts';
import { named, type Graph, type Named, type Properties, type Reference, type Value } from './graph.ts';
import { dayOf, type Shown, type ShownApi } from './shown.ts';

const prefixes = {
  adms: 'http://www.w3.org/ns/adms#',
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatap: 'http://data.europa.eu/r5r/',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
};

/** Tables of words that the EU keeps. */
const authority = (table: string, code: string): Reference => ({
  iri: `http://publications.europa.eu/resource/authority/${table}/${code}`,
});

const mediaType = (type: string): Reference => ({ iri: `https://www.iana.org/assignments/media-types/${type}` });

// What our words are in theirs.
const rights: Readonly<Record<CatalogueApi['accessRights'], string>> = {
  public: 'PUBLIC',
  restricted: 'RESTRICTED',
  'non-public': 'NON_PUBLIC',
};

const distribution: Readonly<Record<Status, string>> = {
  planned: 'DEVELOP',
  experimental: 'DEVELOP',
  beta: 'DEVELOP',
  production: 'COMPLETED',
  'not-further-developed': 'COMPLETED',
  retiring: 'DEPRECATED',
  retired: 'WITHDRAWN',
};

const availability: Readonly<Partial<Record<Status, string>>> = {
  experimental: 'EXPERIMENTAL',
  beta: 'AVAILABLE',
  production: 'STABLE',
  'not-further-developed': 'STABLE',
  retiring: 'TEMPORARY',
};

/** The catalogue, who publishes it, and each API that can be called. */
export const dcatGraph = (shown: Shown): Graph => {
  const catalogue = `${shown.hub}/catalogue`;
  const services = shown.apis.filter(({ offered, path }) => offered && path !== null);
  const agents = new Map(
    [shown.publisher, ...services.map(({ owner }) => owner)].map((one) => [iriOf(one, shown), one]),
  );
  return {
    prefixes,
    subjects: [
      {
        iri: catalogue,
        properties: [
          ['a', [named(prefixes, 'dcat:Catalog')]],
          ['dct:title', inLanguages(shown.name)],
          ['dct:description', inLanguages(shown.description)],
          ['dct:publisher', [{ iri: iriOf(shown.publisher, shown) }]],
          ['dcat:contactPoint', [contactPoint(shown.publisher, shown)]],
          ['dct:language', ['NOB', 'NNO', 'ENG'].map((code) => authority('language', code))],
          ['dct:license', [authority('licence', shown.licence)]],
          ['dct:issued', shown.releases.slice(0, 1).map(({ at }) => day(dayOf(at)))],
          ['dcat:version', shown.current === null ? [] : [{ text: String(shown.current.version) }]],
          ['dcat:themeTaxonomy', [{ iri: 'http://publications.europa.eu/resource/authority/data-theme' }]],
          ['foaf:homepage', [{ iri: `${shown.hub}/` }]],
          ['dcat:service', services.map((api) => ({ iri: `${catalogue}/apis/${api.id}` }))],
        ],
      },
      ...[...agents].map(([iri, agent]) => agentOf(iri, agent)),
      ...services.map((api) => serviceOf(api, shown)),
    ],
  };
};

const inLanguages = ({ nb, nn, en }: Words): readonly Value[] => [
  { text: nb, lang: 'nb' },
  ...(nn === undefined ? [] : [{ text: nn, lang: 'nn' }]),
  { text: en, lang: 'en' },
];

const day = (text: string): Value => ({ text, datatype: 'xsd:date' });

/** An organisation has the name that the national register has for it; whoever has none is named by the hub. */
const iriOf = ({ organisationNumber, name }: Owner, { hub }: Shown): string =>
  organisationNumber === null
    ? `${hub}/catalogue#${encodeURIComponent(name.en.toLowerCase().replaceAll(/\s+/g, '-'))}`
    : `https://organization-catalog.fellesdatakatalog.digdir.no/organizations/${organisationNumber}`;

const agentOf = (iri: string, { name, organisationNumber, url }: Owner): Named => ({
  iri,
  properties: [
    ['a', [named(prefixes, 'foaf:Agent')]],
    ['foaf:name', inLanguages(name)],
    ['dct:identifier', organisationNumber === null ? [] : [{ text: organisationNumber }]],
    ['foaf:homepage', url === null ? [] : [{ iri: url }]],
  ],
});

/** Where nobody has said how the contact is reached, the page of the catalogue tells what there is. */
const contactPoint = ({ name, email, url }: Contact, { hub }: Shown): Value => ({
  properties: [
    ['a', [named(prefixes, 'vcard:Organization')]],
    ['vcard:fn', inLanguages(name)],
    ['vcard:hasEmail', email === null ? [] : [{ iri: `mailto:${email}` }]],
    ['vcard:hasURL', url !== null ? [{ iri: url }] : email === null ? [{ iri: `${hub}/` }] : []],
  ],
});

const serviceOf = (api: ShownApi, shown: Shown): Named => {
  const at = `${shown.hub}/catalogue/apis/${api.id}`;
  const address = ({ path }: CatalogueDocument): Reference => ({ iri: `${shown.hub}${path}` });
  const machine = api.documents.filter(({ kind }) => kind !== 'page' && kind !== 'contracts');
  const available = availability[api.status];
  const properties: Properties = [
    ['a', [named(prefixes, 'dcat:DataService')]],
    ['dct:identifier', [{ text: at, datatype: 'xsd:anyURI' }]],
    ['dct:title', inLanguages(api.name)],
    ['dct:description', inLanguages(api.description)],
    ['dct:publisher', [{ iri: iriOf(api.owner, shown) }]],
    ['dcat:contactPoint', [api.support, ...api.contacts].map((one) => contactPoint(one, shown))],
    ['dcat:endpointURL', [{ iri: `${shown.hub}${api.path ?? '/'}` }]],
    ['dcat:endpointDescription', machine.map(address)],
    ['dcat:landingPage', [{ iri: at }]],
    ['foaf:page', api.documents.filter(({ kind }) => kind === 'page').map(address)],
    ['dcat:theme', [authority('data-theme', 'EDUC')]],
    ['dct:accessRights', [authority('access-right', rights[api.accessRights])]],
    ['dct:license', [authority('licence', shown.licence)]],
    ['dct:language', [authority('language', 'NOB'), authority('language', 'ENG')]],
    ['dct:format', formats[api.style].map(mediaType)],
    ['adms:status', [authority('distribution-status', distribution[api.status])]],
    ['dcatap:availability', available === undefined ? [] : [authority('planned-availability', available)]],
    ['dcat:version', api.versions.slice(0, 1).map(({ version }) => ({ text: version }))],
    ['dct:issued', api.versions.slice(-1).map(({ since }) => day(since))],
    ['skos:note', api.reconstructed === null ? [] : inLanguages(api.reconstructed)],
    ['dct:isReplacedBy', api.successor === null ? [] : [{ iri: `${shown.hub}/catalogue/apis/${api.successor.api}` }]],
  ];
  return { iri: at, properties };
};

/** What is answered in. */
const formats: Readonly<Record<CatalogueApi['style'], readonly string[]>> = {
  rest: ['application/json'],
  graphql: ['application/json'],
  soap: ['application/xml'],
};
