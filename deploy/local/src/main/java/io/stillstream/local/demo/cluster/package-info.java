/** Broker and registry of the demo, open or with TLS, users and ACLs for each role. */
package io.stillstream.local.demo.cluster;
