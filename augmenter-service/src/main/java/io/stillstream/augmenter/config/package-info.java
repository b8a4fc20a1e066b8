/** Settings of the augmenter and of Kafka Streams, and the ACLs that follow from them. */
package io.stillstream.augmenter.config;
