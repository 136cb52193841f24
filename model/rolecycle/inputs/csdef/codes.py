"""Every code of this part: its title, and what it means and what to do."""

from __future__ import annotations

from rolecycle.diagnostics import Diagnostic, Place, Severity

CODES: dict[str, tuple[str, str]] = {
    "RC201": (
        "The file cannot be read",
        "The path does not exist, is a folder or a device, or may not be read. Give the path of one "
        "service definition (.csdef) or, after --config, of one service configuration (.cscfg).",
    ),
    "RC202": (
        "The file is too large",
        "Real service files stay below 10 kB. Files over 4 MiB, over 20,000 elements and attributes, "
        "or with a value of more than 32,768 characters are refused. Check that the path names the "
        "right file.",
    ),
    "RC203": (
        "The file is not well-formed XML",
        "The XML breaks off, its tags do not match, a raw < or & stands inside a value, or the bytes "
        "are not text in the encoding that the byte order mark or the declaration names. Correct the "
        "file at the line that is given; Microsoft's tools would refuse it too.",
    ),
    "RC204": (
        "The file has a DOCTYPE or an entity",
        "A DOCTYPE can define entities that expand without bound or that fetch other files. No "
        "service file needs one, so any is refused unread. Remove the DOCTYPE, and write a lone & as "
        "&amp;.",
    ),
    "RC205": (
        "The root element or its namespace is wrong",
        "A definition has the root ServiceDefinition and a configuration the root "
        "ServiceConfiguration, each in its own namespace of 2008/10, which never changed with the "
        "SDK. A fragment without a namespace cannot be read. Check that the two files were not "
        "swapped, and add the xmlns.",
    ),
    "RC206": (
        "The elements are nested too deeply",
        "A real service file has at most 7 levels; more than 64 are refused. Check the path of the file.",
    ),
    "RC207": (
        "A role has no name",
        "Roles are distinguished, and matched with their instance counts, by name. Give the role a name "
        "attribute.",
    ),
    "RC208": (
        "Two roles have the same name",
        "A role name must be unique in its file; otherwise it is open which role the count belongs "
        "to. Names are compared with regard to case. Rename or remove one of the two.",
    ),
    "RC209": (
        "The instance count is not usable",
        "The count of Instances must be a whole number from 1 to 1000. Zero or a negative number "
        "deploys nothing; a placeholder of a deployment script must be filled in first.",
    ),
    "RC210": (
        "The value is not one of the allowed words",
        "This attribute takes one of a few words, spelt exactly as in the schema (upper and lower "
        "case differ). Use one of those that the hint names.",
    ),
    "RC211": (
        "The value is not a usable number",
        "This attribute takes a whole number, within the range that the message names, and the lower "
        "end of a range of ports may not exceed the upper. Correct the number, or fill in the "
        "placeholder of a deployment script.",
    ),
    "RC212": (
        "A needed attribute is absent",
        "Without this attribute the element has no meaning for the model: a task without a command "
        "line, an endpoint without a name. Add the attribute; check its spelling, which regards case.",
    ),
    "RC213": (
        "The configuration is of another service",
        "The configuration names roles, and none of those that the definition has, so that it says nothing of this "
        "service. Give the configuration of this service, or none: its counts are then judged as open.",
    ),
    "RC220": (
        "Unknown attribute",
        "The schema has no such attribute here, so nothing reads it: a misspelt attribute silently "
        "leaves the default in force. Correct the spelling or remove it.",
    ),
    "RC221": (
        "Unknown element",
        "The schema has no such element here, so it and all below it was passed over. Correct its "
        "spelling, its place or its namespace.",
    ),
    "RC222": (
        "The endpoint's certificate is not declared",
        "The endpoint names a certificate that the Certificates of its role do not hold. The guest "
        "agent installs only declared certificates, so the endpoint would have none. Declare it, or "
        "correct the name.",
    ),
    "RC223": (
        "The endpoint's probe is not declared",
        "The endpoint names a load balancer probe that LoadBalancerProbes does not hold. Declare it, "
        "or correct the name. The endpoint is modelled as asking the guest agent.",
    ),
    "RC224": (
        "Two endpoints of a role have the same name",
        "Bindings and code find endpoints by name, so it is open which one they get. Rename one.",
    ),
    "RC225": (
        "Two bindings of a site have the same name",
        "IIS needs each binding of a site once. Rename or remove one of the two.",
    ),
    "RC226": (
        "Two endpoints share a public port",
        "All roles of a service share one public address, so a load balancer can give a port to one "
        "input endpoint only, per transport. Change one port; endpoints of different load balancers "
        "may be equal.",
    ),
    "RC227": (
        "An https endpoint has no certificate",
        "IIS cannot bind https without a certificate, and the role would fail as its sites are "
        "started. Declare a certificate and name it in the endpoint.",
    ),
    "RC228": (
        "A binding names an endpoint that the role does not have",
        "The binding has nothing to listen on. Correct endpointName, or declare the endpoint in this role.",
    ),
    "RC229": (
        "Both the old and the new form of endpoints are used",
        "InputEndpoints directly under the role is the form of early SDKs. It is read as well as "
        "Endpoints, and does not decide how the role is hosted: only Sites does. Move its endpoints "
        "into Endpoints.",
    ),
    "RC230": (
        "The configuration says nothing of a role",
        "The definition has a role that the configuration does not configure, so the number of its "
        "instances is open, and the role is judged with one and with two. Add the role to the "
        "configuration, or correct the name: upper and lower case differ.",
    ),
    "RC231": (
        "The definition does not have a configured role",
        "The configuration configures a role that the definition does not define; it was passed over. "
        "Remove it, or correct the name: upper and lower case differ.",
    ),
    "RC232": (
        "There is no configuration",
        "Instance counts stand in the configuration (.cscfg), and none was given or lies beside the "
        "definition and names its roles. The number of instances of each role is then open, and the "
        "service is judged with one instance of each and with two. Give a configuration with --config.",
    ),
    "RC233": (
        "One of several configurations was used",
        "Several configurations beside the definition fit its roles, and instance counts differ "
        "between them. The one that fits best was used; of equals Cloud comes first, then Local, then "
        "by name. Choose another one with --config.",
    ),
    "RC234": (
        "The role has a single instance",
        "Every update, host repair and failure takes the whole role down, and the service level "
        "agreement does not hold. Use two instances or more, so that they lie in different upgrade "
        "and fault domains.",
    ),
    "RC235": (
        "The service has no roles",
        "A definition without roles is what the project templates make. There is nothing to verify "
        "yet. Add a WebRole or a WorkerRole.",
    ),
    "RC236": (
        "The definition comes from a package",
        "A packaged definition has lost Sites, Startup, Imports and Runtime, so startup tasks cannot be modelled and "
        "the hosting of a web role is unknown. Imports are recognised by the endpoints, settings and certificates that "
        "they added. Give the source definition instead.",
    ),
    "RC237": (
        "RemoteAccess without RemoteForwarder",
        "RemoteAccess opens remote desktop on each instance, and RemoteForwarder on one role of the "
        "service lets it in from outside. Without the latter no client can connect. Import "
        "RemoteForwarder in one role.",
    ),
    "RC238": (
        "More than one role imports RemoteForwarder",
        "RemoteForwarder takes the public port 3389, which one role only can have. Import it in one role.",
    ),
    "RC239": (
        "Unknown plug-in",
        "The import is none of the plug-ins that the SDK brought along. It is kept, but what it adds "
        "(startup tasks, endpoints) is not modelled. Check its spelling if it is meant to be one of "
        "the SDK's.",
    ),
    "RC240": (
        "The entry point stands in the wrong place",
        "An entry point belongs in Runtime/EntryPoint. Elsewhere it was passed over, and the role is "
        "modelled as a .NET entry point found by reflection. Move it there.",
    ),
    "RC241": (
        "The endpoint ignores the role's status",
        "With ignoreRoleInstanceStatus the load balancer keeps sending traffic to instances that are "
        "Busy or stopping. Leave it out unless the endpoint must answer while the role does not.",
    ),
    "RC242": (
        "The endpoint has a probe of its own",
        "The load balancer asks this probe and no longer the guest agent: an instance may be Ready "
        "and out of rotation, or busy and in it, as the probe answers. The answer comes from the process "
        "that owns the port: the site in w3wp, or the role host. See that it knows the role's status. A "
        "single instance is always in rotation, whatever the probe finds.",
    ),
    "RC243": (
        "The probe asks too often or waits too briefly",
        "The documented minimum is 5 seconds for intervalInSeconds and 11 seconds for "
        "timeoutInSeconds (defaults 15 and 31). Below it the platform may refuse the probe. Raise the "
        "value.",
    ),
    "RC244": (
        "More than a service may have",
        "A cloud service may have at most 25 roles, and of each kind at most 25 endpoints, with those that imports "
        "add. A deployment with more is refused. Split the service.",
    ),
    "RC245": (
        "A section is written twice",
        "A role has each section once. The contents of both were read, but Microsoft's tools refuse "
        "the file. Join the two.",
    ),
    "RC246": (
        "An expected attribute is absent",
        "The schema requires this attribute. The model can do without it, so the file was read, but "
        "Microsoft's tools refuse it. Add the attribute; check its spelling, which regards case.",
    ),
    "RC247": (
        "Template text stands in the XML",
        "The file holds template markup, before the XML or between its elements, which was passed over. "
        "Conditions that the template sets are not in the model: all elements were read. Render the template "
        "and check what it renders to.",
    ),
    "RC248": (
        "The configuration gives no instance count",
        "The role has no Instances element, so the number of its instances is open, and it is judged with one and with "
        'two. Add <Instances count="..." />.',
    ),
    "RC249": (
        "The port does not exist",
        "Ports go from 1 to 65535. The model does not need the number, so the file was read, but "
        "nothing can listen there and the deployment fails. Correct the number.",
    ),
    "RC250": (
        "A setting is configured and not declared",
        "The configuration gives a value to a setting that the ConfigurationSettings of the role do not declare and "
        "that none of its imports adds. Microsoft's tools refuse such a pair of files. Declare the setting, or remove "
        "its value.",
    ),
    "RC251": (
        "A setting is declared and not configured",
        "The definition, or an import, declares a setting to which the configuration gives no value. Microsoft's tools "
        "refuse such a pair of files. Give it a value, which may be empty.",
    ),
    "RC252": (
        "A certificate is configured and not declared",
        "The configuration gives the thumbprint of a certificate that the Certificates of the role do not declare and "
        "that none of its imports adds. Microsoft's tools refuse such a pair of files. Declare it, or remove it.",
    ),
    "RC253": (
        "A certificate is declared and not configured",
        "The definition, or an import, declares a certificate of which the configuration gives no thumbprint, so the "
        "guest agent has none to install, and Microsoft's tools refuse the pair of files. Add the certificate to the "
        "role in the configuration. RemoteAccess needs the one that encrypts the password.",
    ),
    "RC254": (
        "The two files have different names",
        "The serviceName of the configuration must be the name of the definition. The configuration may be one of "
        "another service with roles of the same names. Correct one of the two, or give the right file.",
    ),
    "RC255": (
        "The load balancer is not defined",
        "The endpoint names a load balancer that NetworkConfiguration/LoadBalancers of the configuration does not "
        "define. Define it there, or correct the name; without the attribute the endpoint is public.",
    ),
    "RC256": (
        "The network configuration names what does not exist",
        "An instance address, an endpoint ACL, a virtual or a reserved IP address names a role, an endpoint or another "
        "part of the network configuration that is not there. Correct the name.",
    ),
    "RC257": (
        "A traffic rule names what does not exist",
        "NetworkTrafficRules say which roles may reach an internal endpoint. A rule with a wrong role or endpoint "
        "protects nothing, and Microsoft's tools refuse it. Correct the name.",
    ),
    "RC258": (
        "The thumbprint is not usable",
        "A thumbprint is the hash of a certificate in hexadecimal digits, 40 for sha1. Spaces and invisible characters "
        "come along when it is copied from a dialogue. A placeholder must be filled in. Write the digits only.",
    ),
    "RC259": (
        "A name stands twice",
        "Settings, certificates, local storages, sites and probes are found by name, which must be unique "
        "within its section. Microsoft's tools refuse the file. Rename or remove one of the two.",
    ),
    "RC262": (
        "A module is imported twice",
        "An import adds its startup tasks, settings and endpoints under fixed names, which can stand in a role once. "
        "The module is modelled once; Microsoft's tools refuse the file. Remove one of the two imports.",
    ),
    "RC263": (
        "The probe's path does not fit its protocol",
        "A path is required for an http probe and not allowed for a tcp probe, which asks only whether a connection is "
        "accepted. Add or remove the path, or correct the protocol.",
    ),
    "RC264": (
        "No endpoint has the probe's port",
        "The load balancer asks on this port of the instance, and the role has no endpoint there: unless a startup "
        "task opens the port in the firewall, no instance is ever in rotation. Ask on the port of an endpoint. Without "
        "the attribute the port of the endpoint itself is asked.",
    ),
    "RC265": (
        "A variable has no value, or two",
        "An environment variable has either a value or a RoleInstanceValue, which says where its value comes from. "
        "Write one of the two.",
    ),
    "RC266": (
        "An expected element is absent",
        "The element is empty of what gives it a meaning: Sites without a Site, a Site without Bindings, an instance "
        "input endpoint without AllocatePublicPortFrom. The schema requires it. Add it, or remove the empty element.",
    ),
    "RC267": (
        "Too many internal endpoints without Sites",
        "A web role without Sites runs in the hosted web core and can have a single internal endpoint. Add Sites, or "
        "remove the others.",
    ),
    "RC268": (
        "Attributes that no verdict depends on",
        "The attributes that are named were read and checked, and the model has no part that they change: sizes, "
        "rights, and the guest operating system, for example. With setReadyOnProcessStart a program counts as started "
        "when its process runs, whatever the attribute says. Another value leaves all verdicts as they are.",
    ),
    "RC269": (
        "A configuration beside the definition cannot be read",
        "It was left aside, because another one fits. If it is the one that is deployed, correct it and name it with "
        "--config.",
    ),
    "RC272": (
        "The value is out of the documented range",
        "The model does not need the number, so the file was read, but the platform refuses it. An idle timeout takes "
        "4 to 30 minutes. Correct the number.",
    ),
}
NOTES = frozenset({"RC229", "RC233", "RC236", "RC239", "RC242", "RC247", "RC264", "RC268"})


def found(code: str, message: str, place: Place, hint: str = "") -> Diagnostic:
    """A diagnostic of this part; the code decides how severe it is."""
    return Diagnostic(code, message, place, _severity(code), hint)


def _severity(code: str) -> Severity:
    if code < "RC220":
        return "error"
    return "note" if code in NOTES else "warning"
