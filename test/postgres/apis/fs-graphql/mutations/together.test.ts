// apis/fs-graphql/mutations/together.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/mutations/together.test.ts';
