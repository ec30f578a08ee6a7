/* How far SSH goes for old devices, as the inventory says for each. */
#ifndef NETFAN_TRANSPORT_SSH_LEGACY_H
#define NETFAN_TRANSPORT_SSH_LEGACY_H

enum legacy {
	LEGACY_DEFAULT, /* SHA-1 and CBC last, what is broken never */
	LEGACY_ON, /* that too, last */
	LEGACY_OFF, /* neither */
};

#endif
