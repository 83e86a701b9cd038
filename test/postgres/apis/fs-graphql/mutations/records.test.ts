// apis/fs-graphql/mutations/records.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/mutations/records.test.ts';
