// apis/fs-graphql/mutations/rules-property.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/mutations/rules-property.test.ts';
