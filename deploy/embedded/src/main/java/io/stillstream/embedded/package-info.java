/**
 * What the embedded broker and registry share: free ports, TLS certificates for tests, and their
 * exception. Depends on no other module.
 */
package io.stillstream.embedded;
