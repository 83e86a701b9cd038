// Where Gemini lies, and what it is called. Data alone.
export const apiId = 'gemini';
export const prefix = '/gemini';
/** Where the description is served: below the API, and where older clients look for it. */
export const yamlPaths = [`${prefix}/docs/openapi-bundle.yaml`, '/docs/gemini/openapi-bundle.yaml'] as const;
/** The same for programs that read JSON alone. */
export const jsonPath = `${prefix}/docs/openapi.json`;
