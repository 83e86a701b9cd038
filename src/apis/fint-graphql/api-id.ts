// The catalogue id of this API: in the audit, in addresses of its descriptions, and in the model where it says what the API calls a class.

export const apiId = 'fint-graphql';
