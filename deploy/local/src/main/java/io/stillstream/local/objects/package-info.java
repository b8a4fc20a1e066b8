/** Objects outside of Kafka that images by reference are: uploads, and deletions. */
package io.stillstream.local.objects;
