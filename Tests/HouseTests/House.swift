/// The house as data: who may import whom (DESIGN section 3), and where the tree lies.
/// `ImportRule` and `HouseTests` read it.
import Foundation

enum House {
    /// One room of `Sources/` and what its files may import besides the standard library.
    struct Room {
        let name: String
        /// Other rooms of the house.
        let rooms: Set<String>
        /// Modules of outside packages and of the system.
        let outside: Set<String>
        /// Pure rooms know no clock, no chance, no tasks; time and randomness are arguments.
        let isPure: Bool

        init(
            _ name: String, rooms: Set<String> = [], outside: Set<String> = [],
            isPure: Bool = false
        ) {
            self.name = name
            self.rooms = rooms
            self.outside = outside
            self.isPure = isPure
        }
    }

    /// The modules of swift-collections; anyone may use them.
    static let collections: Set<String> = [
        "Collections", "BasicContainers", "BitCollections", "DequeModule", "HashTreeCollections",
        "HeapModule", "OrderedCollections",
    ]

    /// What the system offers to rooms that touch it.
    static let system: Set<String> = ["Glibc", "Synchronization"]

    static let rooms: [Room] = [
        Room("CLibuv"), Room("CLibwebsockets"), Room("CHiredis"),
        Room("ChatModel", isPure: true),
        Room("ChatProtocol", rooms: ["ChatModel"], isPure: true),
        Room("Routing", rooms: ["ChatModel"], isPure: true),
        Room("HubCore", rooms: ["Routing", "ChatProtocol", "ChatModel"], isPure: true),
        Room("EventLoop", rooms: ["CLibuv"], outside: system),
        Room("WebSockets", rooms: ["EventLoop", "CLibwebsockets"], outside: system),
        Room("Redis", rooms: ["EventLoop", "CHiredis"], outside: system),
        Room("RedisStore", rooms: ["HubCore", "Routing", "ChatModel", "Redis", "EventLoop"]),
        Room(
            "HubConfig", rooms: ["Routing", "ChatModel"],
            outside: system.union(["Yams", "Foundation"])),
        Room(
            "HubServer",
            rooms: [
                "ChatModel", "ChatProtocol", "Routing", "HubCore", "EventLoop", "WebSockets",
                "Redis", "RedisStore", "HubConfig",
            ],
            outside: system.union(["Foundation", "Logging", "JWTKit"])),
        Room(
            "LoadClient", rooms: ["ChatProtocol", "ChatModel", "WebSockets", "EventLoop"],
            outside: system.union(["Foundation", "Histogram", "JWTKit"])),
        Room(
            "chathub", rooms: ["HubServer", "HubConfig"],
            outside: system.union(["Foundation", "Dispatch", "ArgumentParser"])),
        Room(
            "chathub-load", rooms: ["LoadClient"],
            outside: system.union(["Foundation", "Dispatch", "ArgumentParser"])),
        Room("Web"),
    ]

    static func room(_ name: String) -> Room? { rooms.first { $0.name == name } }

    /// C modules and the one room that wraps each: nothing C-shaped leaves it.
    static let wrappers = [
        "CLibuv": "EventLoop", "CLibwebsockets": "WebSockets", "CHiredis": "Redis",
    ]

    /// Everything that may lie at the top of the tree; names that begin with a dot also may.
    static let top: Set<String> = [
        "Package.swift", "Package.resolved", "Sources", "Tests", "Protocol", "Config",
        "README.md",
    ]

    /// The checkout: three folders above this file.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}
