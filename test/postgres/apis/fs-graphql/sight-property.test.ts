// apis/fs-graphql/sight-property.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fs-graphql/sight-property.test.ts';
