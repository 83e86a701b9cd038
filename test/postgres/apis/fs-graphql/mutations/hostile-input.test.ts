// apis/fs-graphql/mutations/hostile-input.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/mutations/hostile-input.test.ts';
