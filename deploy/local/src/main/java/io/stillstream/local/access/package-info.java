/**
 * The ACLs that each service and tool needs: written as commands, applied to brokers and checked.
 */
package io.stillstream.local.access;
