// apis/fs-graphql/mutations/mutations.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/mutations/mutations.test.ts';
