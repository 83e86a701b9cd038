// apis/fs-graphql/terms-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-graphql/terms-property.test.ts';
