// apis/fs-graphql/mutations/protection.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/mutations/protection.test.ts';
