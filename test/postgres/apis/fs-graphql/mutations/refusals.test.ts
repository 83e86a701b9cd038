// apis/fs-graphql/mutations/refusals.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/mutations/refusals.test.ts';
