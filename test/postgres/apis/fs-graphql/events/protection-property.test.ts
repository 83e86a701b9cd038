// apis/fs-graphql/events/protection-property.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/fs-graphql/events/protection-property.test.ts';
