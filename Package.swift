// swift-tools-version: 6.2
import PackageDescription

/// Rooms and who may import whom: the same table as DESIGN section 3. `Tests/HouseTests` checks
/// every `import` against it, because SwiftPM alone does not stop transitive imports.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func room(
    _ name: String, _ imports: [Target.Dependency] = [], resources: [Resource]? = nil
) -> Target {
    .target(name: name, dependencies: imports, resources: resources, swiftSettings: settings)
}

func check(
    _ name: String, _ imports: [Target.Dependency], exclude: [String] = [],
    resources: [Resource]? = nil
) -> Target {
    .testTarget(
        name: name, dependencies: imports, exclude: exclude, resources: resources,
        swiftSettings: settings)
}

let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let arguments: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "chathub",
    products: [
        .executable(name: "chathub", targets: ["chathub"]),
        .executable(name: "chathub-load", targets: ["chathub-load"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibuv"),
        .systemLibrary(name: "CLibwebsockets"),
        .systemLibrary(name: "CHiredis"),
        room("ChatModel"),
        room("ChatProtocol", ["ChatModel"]),
        room("Routing", ["ChatModel"]),
        room("HubCore", ["Routing", "ChatProtocol", "ChatModel", collections]),
        room("EventLoop", ["CLibuv", collections]),
        room("WebSockets", ["EventLoop", "CLibwebsockets", collections]),
        room("Redis", ["EventLoop", "CHiredis", collections]),
        room(
            "RedisStore", ["HubCore", "Routing", "ChatModel", "Redis", "EventLoop"],
            resources: [.embedInCode("Lua")]),
        room("HubConfig", ["Routing", "ChatModel", .product(name: "Yams", package: "Yams")]),
        room(
            "HubServer",
            [
                "ChatModel", "ChatProtocol", "Routing", "HubCore", "EventLoop", "WebSockets",
                "Redis", "RedisStore", "HubConfig", logging, jwt,
            ],
            resources: [.embedInCode("Pages")]),
        room(
            "LoadClient",
            [
                "ChatProtocol", "ChatModel", "WebSockets", "EventLoop", jwt,
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        .executableTarget(
            name: "chathub", dependencies: ["HubServer", "HubConfig", arguments],
            swiftSettings: settings),
        .executableTarget(
            name: "chathub-load", dependencies: ["LoadClient", arguments],
            swiftSettings: settings),
        .executableTarget(
            name: "EchoServer", dependencies: ["WebSockets", "EventLoop"],
            path: "Tests/EchoServer", swiftSettings: settings),
        .executableTarget(
            name: "redis-benchmark", dependencies: ["Redis", "EventLoop"],
            path: "Tests/Benchmarks/redis", exclude: ["README.md"], swiftSettings: settings),
        .executableTarget(
            name: "scale-benchmark",
            dependencies: [
                "RedisStore", "HubCore", "Routing", "ChatProtocol", "ChatModel", "Redis",
                "EventLoop",
            ],
            path: "Tests/Benchmarks/scale", exclude: ["README.md"], swiftSettings: settings),
        check("HouseTests", []),
        check("ChatProtocolTests", ["ChatProtocol", "ChatModel"]),
        check(
            "RoutingTests", ["Routing", "ChatModel", "HubConfig"], resources: [.copy("Scenarios")]),
        check("HubConfigTests", ["HubConfig", "Routing", "ChatModel"]),
        check(
            "HubCoreTests", ["HubCore", "Routing", "ChatProtocol", "ChatModel"],
            exclude: ["WaitRanges.md"]),
        check("EventLoopTests", ["EventLoop"]),
        check(
            "LoadClientTests",
            [
                "LoadClient", "ChatProtocol", "ChatModel",
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ]),
        check("WebSocketsTests", ["WebSockets", "EventLoop", "EchoServer"]),
        check("RedisTests", ["Redis", "EventLoop"]),
        check(
            "RedisStoreTests",
            ["RedisStore", "HubCore", "Routing", "ChatModel", "Redis", "EventLoop"],
            resources: [.embedInCode("dump.lua")]),
        check(
            "HubServerTests",
            [
                "HubServer", "HubCore", "HubConfig", "Routing", "ChatProtocol", "ChatModel",
                "EventLoop", "WebSockets", logging, jwt,
            ]),
    ]
)
